package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.RspException.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Registers through {@code g}, {@code G} and {@code P}. */
final class ClientRegisters {
    private final ClientExchange exchange;
    private final RegisterLayout layout;
    private boolean singleWrites = true;

    ClientRegisters(ClientExchange exchange, RegisterLayout layout) {
        this.exchange = exchange;
        this.layout = layout;
    }

    Registers read(int tid) {
        exchange.start("g");
        PacketCursor reply = Replies.data(exchange.request(), exchange.replyFor(tid));
        Registers registers = exchange.understand(reply, layout::decode);
        if (exchange.features().isOriginalKm()) dropWhatKmInvents(registers);
        return registers;
    }

    /** Of many threads at once; those that are gone are left out. */
    Map<Integer, Registers> readAll(List<Integer> tids) {
        Map<Integer, Registers> all = new LinkedHashMap<>();
        exchange.forEach(tids, "g", (tid, reply) -> {
            Registers registers = layout.decode(reply);
            if (exchange.features().isOriginalKm()) dropWhatKmInvents(registers);
            all.put(tid, registers);
        });
        return all;
    }

    private static void dropWhatKmInvents(Registers registers) {
        for (AmdRegister register : AmdRegister.values()) {
            boolean stale = register.compareTo(AmdRegister.R12) >= 0 && register.compareTo(AmdRegister.R15) <= 0;
            if (stale || register.compareTo(AmdRegister.ST0) >= 0) registers.clear(register);
        }
    }

    /** Writes the registers that are present in {@code changed}. */
    void write(int tid, Registers changed) {
        if (exchange.features().isOriginalKm()) {
            throw new RspException(Kind.UNSUPPORTED, "writing registers: this stub would overwrite r12 to r15 as well");
        }
        for (AmdRegister register : AmdRegister.values()) {
            byte[] value = changed.bytes(register);
            if (value == null || !singleWrites) continue;
            int number = layout.number(register);
            byte[] wide = number < 0 ? null : layout.wide(register, value);
            if (wide == null)
                throw new RspException(Kind.UNSUPPORTED, "the stub has no register " + register.gdbName());
            exchange.start("P").hex(number).text('=').hexBytes(wide);
            PacketCursor reply = exchange.replyFor(tid);
            if (reply.atEnd()) singleWrites = false;
            else Replies.ok(exchange.request(), reply);
        }
        if (!singleWrites) writeAll(tid, changed);
    }

    private void writeAll(int tid, Registers changed) {
        if (!layout.isPlain()) throw new RspException(Kind.UNSUPPORTED, "the stub does not let a register be written");
        Registers all = read(tid);
        int last = -1;
        for (AmdRegister register : AmdRegister.values()) {
            if (all.has(register)) last = Math.max(last, layout.number(register));
            byte[] value = changed.bytes(register);
            if (value != null) all.set(register, value);
        }
        layout.encode(all, exchange.start("G"), last);
        Replies.ok(exchange.request(), exchange.replyFor(tid));
    }

    /** Adds what the stub gives of a thread's registers to {@code registers}. */
    void complete(int tid, Registers registers) {
        Registers all = read(tid);
        for (AmdRegister register : AmdRegister.values()) {
            byte[] value = all.bytes(register);
            if (value != null) registers.set(register, value);
        }
    }
}
