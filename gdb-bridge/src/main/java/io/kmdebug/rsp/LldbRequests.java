package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What lldb asks for beyond gdb's packets. LLDB: "GDB Remote Protocol Extensions". */
final class LldbRequests {
    private static final String TRIPLE = "x86_64-pc-linux-gnu";
    private static final String SUFFIX = ";thread:";

    private final ServedSession session;

    LldbRequests(ServedSession session) {
        this.session = session;
    }

    /** Returns whether it was one of these. */
    boolean query(String name, PacketCursor in, PacketWriter out) {
        switch (name) {
            case "HostInfo" -> {
                out.text("triple:").hexText(TRIPLE);
                out.text(";ptrsize:8;endian:little;watchpoint_exceptions_received:after;");
            }
            case "ProcessInfo" -> {
                out.text("pid:").hex(session.target.pid()).text(";triple:").hexText(TRIPLE);
                out.text(";ostype:linux;endian:little;ptrsize:8;");
            }
            // without it lldb takes the host's process of that number for the payload
            case "ProcessInfoPID" -> {
                out.text("pid:" + session.target.pid() + ";name:").hexText(session.target.executable());
                out.text(";triple:").hexText(TRIPLE).text(';');
            }
            case "MemoryRegionInfo" -> {
                in.expect(':');
                region(in.hex(), out);
            }
            case "ShlibInfoAddr" -> {
                long pointer = session.target.librariesPointer();
                if (pointer == 0) throw Refusal.numbered(Refusal.INVALID, "no dynamic linker");
                out.hex(pointer);
            }
            case "SaveCore" -> saveCore(in, out);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code qSaveCore[;path-hint:NAME]}, the name in hex. */
    private void saveCore(PacketCursor in, PacketWriter out) {
        String hint = null;
        if (in.skip(";path-hint:")) {
            hint = new String(in.hexBytes(in.remaining() / 2), StandardCharsets.UTF_8);
        }
        String path = session.target.saveCore(hint == null || hint.isEmpty() ? null : hint);
        if (path != null) out.text("core-path:").hexText(path).text(';');
    }

    /** Returns whether it was one of these. */
    boolean set(String name, PacketWriter out) {
        switch (name) {
            case "ThreadSuffixSupported" -> session.threadSuffix = true;
            case "ListThreadsInStopReply" -> session.threadsInStop = true;
            default -> {
                return false;
            }
        }
        out.text("OK");
        return true;
    }

    /** The region of an address, or the gap around it, which has no permissions. */
    private void region(long address, PacketWriter out) {
        long start = 0;
        long end = 0;
        List<StubTarget.MemoryRegion> regions = session.target.regions();
        for (StubTarget.MemoryRegion region : regions) {
            boolean after = Long.compareUnsigned(address, region.end()) >= 0;
            if (after) {
                start = Long.compareUnsigned(region.end(), start) > 0 ? region.end() : start;
                continue;
            }
            if (Long.compareUnsigned(address, region.start()) >= 0) {
                write(region, out);
                return;
            }
            end = region.start();
            break;
        }
        // 0 - start is all that is left
        out.text("start:").hex(start).text(";size:").hex(end - start).text(';');
    }

    private static void write(StubTarget.MemoryRegion region, PacketWriter out) {
        out.text("start:").hex(region.start()).text(";size:").hex(region.end() - region.start());
        out.text(";permissions:");
        if ((region.protection() & 1) != 0) out.text('r');
        if ((region.protection() & 2) != 0) out.text('w');
        if ((region.protection() & 4) != 0) out.text('x');
        out.text(';');
        if (!region.name().isEmpty()) out.text("name:").hexText(region.name()).text(';');
    }

    /**
     * A request about registers without the thread that is named behind it; that one is selected.
     *
     * @return null when there is no such thing
     */
    @Nullable
    PacketCursor ofThread(PacketCursor in) {
        if (!session.threadSuffix) return null;
        String request = in.rest();
        int at = request.lastIndexOf(SUFFIX);
        if (at >= 0) {
            PacketCursor thread = PacketCursor.of(request.substring(at + SUFFIX.length()));
            session.selectGeneral(session.resolve(ThreadId.parse(thread)));
        }
        return PacketCursor.of(at >= 0 ? request.substring(0, at) : request);
    }
}
