package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Understands stop replies of this project's stub, gdbserver, KM and QEMU. GDB RSP: "Stop Reply Packets". */
final class StopReplyReader {
    /** What the client knows that the reply does not say. */
    interface Context {
        /** Whether this is the answer to {@code ?} at the beginning. */
        boolean isInitial();

        boolean wasInterrupted();

        /** The Linux number of a signal in the reply. */
        int signal(int number);

        /** Whether the stub makes of an interrupt a SIGSTOP. */
        boolean interruptsByStop();

        /** Whether the last resume stepped that thread. */
        boolean wasStepped(int tid);

        Set<Long> breakpoints();

        /** Fills in the pc and whatever else comes with it. */
        void complete(int tid, Registers registers);

        /** The thread when the reply names none. */
        int currentThread();
    }

    /** @param pid 0 when the reply does not tell */
    record Read(StopEvent event, int pid) {}

    private static final int MOST_PIECES = 64;

    private final RegisterLayout layout;
    private final Context context;

    private int pid;
    private int tid;
    private boolean softwareBreakpoint;
    private String word = "";
    private StubTarget.@Nullable WatchKind watched;
    private long watchedAddress;
    private List<Integer> threads = List.of();
    private List<ExpeditedMemory> memory = List.of();

    StopReplyReader(RegisterLayout layout, Context context) {
        this.layout = layout;
        this.context = context;
    }

    Read read(PacketCursor in) {
        Registers registers = new Registers();
        int letter = in.take();
        StopReason reason = switch (letter) {
            case 'W' -> new StopReason.Exited(in.hexInt());
            case 'X' -> new StopReason.Killed(context.signal(in.hexInt()));
            case 'N' -> new StopReason.NothingResumed();
            case 'T', 'S' -> {
                int signal = context.signal(in.hexByte());
                if (letter == 'T') keys(in, registers);
                if (tid == 0) tid = context.currentThread();
                if (!registers.has(AmdRegister.RIP)) context.complete(tid, registers);
                yield reason(signal, registers.pc());
            }
            default -> throw new PacketCursor.Malformed("not a stop reply");
        };
        if (in.skip(";process:")) pid = in.hexInt();
        return new Read(new StopEvent(tid, reason, registers, threads, List.copyOf(memory)), pid);
    }

    /** {@code n:r;} pairs: a register number, or a word. */
    private void keys(PacketCursor in, Registers registers) {
        while (!in.atEnd()) {
            String key = in.until(":;");
            if (!in.skip(':')) {
                in.skip(';');
                continue;
            }
            if (isNumber(key)) {
                layout.readOne(in, PacketCursor.of(key).hex(), registers);
            } else {
                word(key, in);
            }
            in.until(";");
            in.skip(';');
        }
    }

    private void word(String key, PacketCursor in) {
        switch (key) {
            case "thread" -> {
                ThreadId id = ThreadId.parse(in);
                pid = Math.max(0, id.pid());
                tid = id.tid();
            }
            case "swbreak" -> softwareBreakpoint = true;
            case "watch", "rwatch", "awatch" -> {
                watched = StubTarget.WatchKind.of(key);
                watchedAddress = in.hex();
            }
            case "reason" -> word = in.until(";");
            case "threads" -> threads = tids(in);
            case "memory" -> memory(in);
            default -> {}
        }
    }

    /** {@code 0xADDRESS=BYTES}, of LLDB's extensions. One that is not so is left out: nothing depends on it. */
    private void memory(PacketCursor in) {
        if (!in.skip("0x")) return;
        long address = in.hex();
        if (!in.skip('=')) return;
        if (memory.isEmpty()) memory = new ArrayList<>();
        if (memory.size() < MOST_PIECES) memory.add(new ExpeditedMemory(address, in.until(";")));
    }

    private static List<Integer> tids(PacketCursor in) {
        List<Integer> tids = new ArrayList<>();
        do tids.add(in.hexInt());
        while (in.skip(','));
        return List.copyOf(tids);
    }

    private static boolean isNumber(String key) {
        if (key.isEmpty() || key.length() > 4) return false;
        for (int i = 0; i < key.length(); i++) if (Hex.value(key.charAt(i)) < 0) return false;
        return true;
    }

    private StopReason reason(int signal, long pc) {
        if (signal == LinuxSignal.SIGTRAP.number()) return trap(pc);
        boolean asked = context.wasInterrupted();
        if (signal == 0) return asked ? new StopReason.Interrupted() : new StopReason.Attached();
        boolean stop = signal == LinuxSignal.SIGSTOP.number();
        if (stop && context.isInitial()) return new StopReason.Attached();
        boolean ours = context.interruptsByStop()
                ? stop && asked
                : signal == LinuxSignal.SIGINT.number() && asked && !word.equals("signal");
        return ours ? new StopReason.Interrupted() : new StopReason.Signalled(signal);
    }

    private StopReason trap(long pc) {
        if (watched != null) return new StopReason.Watchpoint(watched, watchedAddress);
        if (softwareBreakpoint || word.equals("breakpoint")) return new StopReason.Breakpoint();
        if (word.equals("trace")) return new StopReason.Stepped();
        if (word.equals("signal")) return new StopReason.Signalled(LinuxSignal.SIGTRAP.number());
        if (context.isInitial()) return new StopReason.Attached();
        if (context.wasStepped(tid)) return new StopReason.Stepped();
        if (context.breakpoints().contains(pc)) return new StopReason.Breakpoint();
        if (context.wasInterrupted()) return new StopReason.Interrupted();
        return new StopReason.Signalled(LinuxSignal.SIGTRAP.number());
    }
}
