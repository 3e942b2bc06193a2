package io.kmdebug.rsp;

/** A request that the server answers with an error; a {@link StubTarget} may throw it to say why. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Numbers as gdb's File-I/O extension has them; elsewhere only a hint for people who read packet logs. */
    static final int NO_SUCH_THREAD = 3;

    static final int UNREADABLE = 14;
    static final int INVALID = 22;

    private final int code;
    private final boolean numbersOnly;

    private Refusal(int code, String text, boolean numbersOnly) {
        super(text, null, false, false);
        this.code = code;
        this.numbersOnly = numbersOnly;
    }

    /** {@code E.text}: where the reply is OK or an error. */
    public static Refusal because(String text) {
        return new Refusal(INVALID, text, false);
    }

    /** {@code Enn}: where the reply is data in hex, for which clients take anything but two digits. */
    static Refusal numbered(int code, String text) {
        return new Refusal(code, text, true);
    }

    void write(PacketWriter out) {
        out.start().text('E');
        if (numbersOnly) out.hexByte(code);
        else out.text('.').text(String.valueOf(getMessage()));
    }
}
