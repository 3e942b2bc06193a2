package io.kmdebug.rsp;

import java.util.ArrayList;
import java.util.List;

/** {@code m}, {@code M}, {@code X}, {@code x}, {@code Z} and {@code z}. */
final class MemoryRequests {
    private static final int READ_BYTES = (ServedSession.PACKET_BYTES - 16) / 2;

    private static final int FIRST_WATCH = 2;
    private static final int MOST_CONDITIONS = 1000;

    private final StubTarget target;

    MemoryRequests(StubTarget target) {
        this.target = target;
    }

    void readHex(PacketCursor in, PacketWriter out) {
        byte[] bytes = read(in);
        out.hexBytes(bytes);
    }

    /** {@code x addr,length}: the reply is {@code b} and the bytes themselves. */
    void readBinary(PacketCursor in, PacketWriter out) {
        byte[] bytes = read(in);
        out.text('b').binary(bytes, 0, bytes.length);
    }

    private byte[] read(PacketCursor in) {
        long address = in.hex();
        in.expect(',');
        byte[] buffer = new byte[Math.min(in.hexInt(), READ_BYTES)];
        int got = target.readMemory(address, buffer, 0, buffer.length);
        if (got == 0 && buffer.length > 0) throw Refusal.numbered(Refusal.UNREADABLE, "cannot read memory");
        return got == buffer.length ? buffer : java.util.Arrays.copyOf(buffer, got);
    }

    /** {@code M addr,length:XX...} */
    void writeHex(PacketCursor in, PacketWriter out) {
        long address = in.hex();
        in.expect(',');
        int length = in.hexInt();
        in.expect(':');
        write(address, in.hexBytes(length), out);
    }

    /** {@code X addr,length:bytes}; length 0 asks whether the packet is known. */
    void writeBinary(PacketCursor in, PacketWriter out) {
        long address = in.hex();
        in.expect(',');
        int length = in.hexInt();
        in.expect(':');
        byte[] data = in.restBytes();
        if (data.length != length) throw Refusal.because("X says " + length + " bytes and has " + data.length);
        write(address, data, out);
    }

    private void write(long address, byte[] data, PacketWriter out) {
        if (data.length > 0 && !target.writeMemory(address, data)) {
            throw Refusal.numbered(Refusal.UNREADABLE, "cannot write memory");
        }
        out.text("OK");
    }

    /**
     * {@code Z type,addr,kind[;conditions]}: types 0 and 1 are both a planted instruction; no reply for what is not
     * offered.
     */
    void insert(PacketCursor in, PacketWriter out) {
        int type = type(in);
        long address = in.hex();
        if (type < FIRST_WATCH) {
            if (!target.insertBreakpoint(address, conditions(in))) {
                throw Refusal.because(cannot("set a breakpoint", address));
            }
            out.text("OK");
        } else if (isOffered(type)) {
            in.expect(',');
            String failure = target.insertWatchpoint(kind(type), address, in.hex());
            if (failure != null) throw Refusal.because(cannot("watch", address) + ": " + failure);
            out.text("OK");
        }
    }

    /** Behind the address: {@code ,kind[;Xlength,bytes...]}. */
    private static List<BreakpointCondition> conditions(PacketCursor in) {
        List<BreakpointCondition> conditions = new ArrayList<>();
        if (in.skip(',')) in.hex();
        while (in.skip(';') || in.peek() == 'X') {
            if (!in.skip('X')) throw Refusal.because("breakpoints have no commands here");
            int length = in.hexInt();
            in.expect(',');
            if (length > AgentExpression.MOST_BYTES || conditions.size() == MOST_CONDITIONS) {
                throw Refusal.because("conditions too long");
            }
            conditions.add(new AgentExpression(in.hexBytes(length)));
        }
        return conditions;
    }

    void remove(PacketCursor in, PacketWriter out) {
        int type = type(in);
        long address = in.hex();
        if (type < FIRST_WATCH) {
            if (!target.removeBreakpoint(address)) throw Refusal.because(cannot("remove a breakpoint", address));
            out.text("OK");
        } else if (isOffered(type)) {
            in.expect(',');
            if (!target.removeWatchpoint(kind(type), address, in.hex())) {
                throw Refusal.because(cannot("remove a watchpoint", address));
            }
            out.text("OK");
        }
    }

    private static int type(PacketCursor in) {
        int type = in.hexInt();
        in.expect(',');
        return type;
    }

    private boolean isOffered(int type) {
        return type - FIRST_WATCH < StubTarget.WatchKind.values().length && target.watches(kind(type));
    }

    private static StubTarget.WatchKind kind(int type) {
        return StubTarget.WatchKind.values()[type - FIRST_WATCH];
    }

    private static String cannot(String what, long address) {
        return "cannot " + what + " at 0x" + Long.toHexString(address);
    }
}
