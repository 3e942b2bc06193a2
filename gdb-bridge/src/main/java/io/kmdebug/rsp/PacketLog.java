package io.kmdebug.rsp;

/** Sees every packet that passes, without framing; long ones are shortened. Called on the thread that sends or reads. */
@FunctionalInterface
public interface PacketLog {
    /** Keeps nothing. */
    PacketLog NONE = (sent, packet) -> {};

    /**
     * @param sent true from us to the other side
     * @param packet the content between {@code $} and {@code #}, Latin-1; what is sent as it goes over the wire, what
     *     arrives with escapes and runs undone; {@code "<interrupt>"} for byte 0x03
     */
    void packet(boolean sent, String packet);

    /** Longer packets are shortened. */
    default int mostCharacters() {
        return 1024;
    }

    /** The connection has ended; nothing comes any more. */
    default void closed() {}
}
