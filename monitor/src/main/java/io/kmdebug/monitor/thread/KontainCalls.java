package io.kmdebug.monitor.thread;

import static io.kmdebug.monitor.syscall.Errno.EOPNOTSUPP;

import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.snapshot.SnapshotRefused;
import io.kmdebug.monitor.syscall.GuestMemory;
import io.kmdebug.monitor.syscall.SyscallGroup;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.SyscallThread;
import java.util.concurrent.atomic.AtomicBoolean;

/** KM's private calls, 502 to 511; reserved numbers stay unknown. Through a port or through SYSCALL, as with KM. */
public final class KontainCalls implements SyscallGroup {
    private static final int SNAPSHOT = 505;
    private static final int UNMAPSELF = 506;
    private static final int SHRINK = 508;
    private static final int LONGEST_TEXT = 256;

    private final AtomicBoolean told = new AtomicBoolean();

    private KontainCalls() {}

    public static void register(SyscallTable table) {
        table.register(new KontainCalls(), SNAPSHOT, UNMAPSELF, SHRINK);
    }

    @Override
    public long call(SyscallThread caller, int number, long[] a) {
        PayloadThread thread = (PayloadThread) caller;
        return switch (number) {
            case UNMAPSELF -> unmapSelf(thread, a[0], a[1]);
            case SHRINK -> shrink(thread);
            default -> snapshot(thread, a[0], a[1], a[2] != 0);
        };
    }

    /** The thread ends, and takes the stack with it that it stands on. */
    private static long unmapSelf(PayloadThread thread, long start, long bytes) {
        thread.unmapAtEnd(start, bytes);
        thread.request(Requests.EXIT);
        return 0;
    }

    /** KM gives back what it holds of a snapshot that was started lightly. Here nothing is held. */
    private long shrink(PayloadThread thread) {
        if (Trace.on(Trace.SHRINK)) Trace.line(Trace.SHRINK, "asked for, refused");
        tell(thread, "shrink (hypercall 508): there are no light snapshots to go back to");
        return -EOPNOTSUPP;
    }

    private long snapshot(PayloadThread thread, long label, long description, boolean live) {
        GuestMemory memory = thread.memory();
        String name = label == 0 ? "" : memory.readString(label, LONGEST_TEXT);
        String text = description == 0 ? "" : memory.readString(description, LONGEST_TEXT);
        long number = thread.context().originalRax();
        // in the resumed payload the call returns once more, with this
        thread.context().callResult(0);
        thread.context().originalRax(-1);
        try {
            thread.payload().snapshots().take(thread, null, name, text, live);
            return 0;
        } catch (SnapshotRefused e) {
            thread.payload().log(String.valueOf(e.getMessage()));
            return -e.errno();
        } finally {
            thread.context().originalRax(number);
        }
    }

    private void tell(PayloadThread thread, String line) {
        if (told.compareAndSet(false, true)) thread.payload().log(line);
    }
}
