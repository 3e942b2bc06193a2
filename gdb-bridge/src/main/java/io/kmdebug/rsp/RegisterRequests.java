package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import org.jspecify.annotations.Nullable;

/** {@code g}, {@code G}, {@code p} and {@code P}. GDB RSP: "Packets". */
final class RegisterRequests {
    private static final RegisterLayout LAYOUT = RegisterLayout.standard();

    private final ServedSession session;
    private @Nullable Boolean avx;

    RegisterRequests(ServedSession session) {
        this.session = session;
    }

    void readAll(PacketWriter out) {
        LAYOUT.encode(session.registersOf(session.generalTid()), out, lastNumber());
    }

    void writeAll(PacketCursor in, PacketWriter out) {
        int expected = LAYOUT.bytes(lastNumber());
        if (in.remaining() != 2 * expected) throw Refusal.because("G needs " + expected + " bytes");
        write(LAYOUT.decode(in), out);
    }

    void readOne(PacketCursor in, PacketWriter out) {
        AmdRegister register = register(in.hex());
        byte[] value = session.registersOf(session.generalTid()).bytes(register);
        if (value != null) {
            out.hexBytes(value);
        } else {
            for (int i = 0; i < register.bytes(); i++) out.text("xx");
        }
    }

    void writeOne(PacketCursor in, PacketWriter out) {
        AmdRegister register = register(in.hex());
        in.expect('=');
        write(new Registers().set(register, in.hexBytes(register.bytes())), out);
    }

    private void write(Registers changed, PacketWriter out) {
        int tid = session.generalTid();
        if (!session.target.writeRegisters(tid, changed)) throw Refusal.because("cannot write registers of " + tid);
        out.text("OK");
    }

    private AmdRegister register(long number) {
        AmdRegister register = LAYOUT.register(number);
        if (register == null || register.ordinal() > lastNumber()) {
            throw Refusal.numbered(Refusal.INVALID, "no register " + number);
        }
        return register;
    }

    private int lastNumber() {
        Boolean known = avx;
        if (known == null) {
            known = session.hasAvx();
            avx = known;
        }
        return known ? LAYOUT.lastNumber() : AmdRegister.YMM0H.ordinal() - 1;
    }
}
