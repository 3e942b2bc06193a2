package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EFAULT;
import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.syscall.SyscallThread.Restart;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asynchronous input and output: io_setup(2), io_submit(2), io_getevents(2), io_cancel(2), io_destroy(2), over the
 * host's. A context of the host's is the address of a ring in the monitor's memory, at which libaio looks; the payload
 * gets the address of an empty page instead, which says that there is nothing to look at.
 */
final class AioCalls implements SyscallGroup {
    /**
     * struct iocb: data 8, key 4, rw_flags 4, opcode 2, priority 2, fd 4, buf 8, nbytes 8, offset 8, 8, flags 4, resfd
     * 4.
     */
    private static final int IOCB_BYTES = 64;

    private static final int KEY = 8;
    private static final int OPCODE = 16;
    private static final int DESCRIPTOR = 20;
    private static final int BUFFER = 24;
    private static final int LENGTH = 32;
    private static final int FLAGS = 56;
    private static final int EVENT_DESCRIPTOR = 60;
    private static final int FLAG_EVENT_DESCRIPTOR = 1;
    private static final int PREAD = 0;
    private static final int PWRITE = 1;
    private static final int PREADV = 7;
    private static final int PWRITEV = 8;
    /** struct io_event: data 8, obj 8, res 8, res2 8. */
    private static final int EVENT_BYTES = 32;

    private static final int MOST_EVENTS = 1 << 16;
    private static final int PAGE = 4096;
    private static final int MAP_PRIVATE = 2;
    private static final int SET_BYTES = 8;

    private final World world;
    private final FdTable fds;
    private final AddressSpace space;
    private final Map<Long, Context> contexts = new HashMap<>();

    /** A request in flight: what the payload calls it. */
    private record Request(long iocb, long data) {}

    private static final class Context {
        final long host;
        /** By the address of the host's copy of the request. */
        final Map<Long, Request> requests = new HashMap<>();

        Context(long host) {
            this.host = host;
        }
    }

    AioCalls(World world, FdTable fds, AddressSpace space) {
        this.world = world;
        this.fds = fds;
        this.space = space;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        return switch (number) {
            case Sys.IO_SETUP -> setup(t.memory(), a);
            case Sys.IO_DESTROY -> destroy(a[0]);
            case Sys.IO_SUBMIT -> submit(t, a);
            case Sys.IO_CANCEL -> cancel(t, a);
            case Sys.IO_PGETEVENTS -> eventsWithMask(t, a);
            default -> events(t, number, a);
        };
    }

    private long setup(GuestMemory memory, long[] a) {
        if (memory.readLong(a[1]) != 0) return -EINVAL;
        Scratch scratch = world.scratch();
        long context = scratch.allocate(8);
        long result = world.call(Sys.IO_SETUP, (int) a[0], context);
        if (result < 0) return result;
        int flags = AddressSpace.MAP_ANONYMOUS | MAP_PRIVATE;
        long page = space.map(0, PAGE, 1, flags, null, 0, Region.ASYNCHRONOUS_CONTEXT);
        if (page < 0) {
            world.own(Sys.IO_DESTROY, scratch.getLong(context));
            return page;
        }
        synchronized (contexts) {
            contexts.put(page, new Context(scratch.getLong(context)));
        }
        memory.writeLong(a[1], page);
        return 0;
    }

    private long destroy(long id) {
        Context context;
        synchronized (contexts) {
            context = contexts.remove(id);
        }
        if (context == null) return -EINVAL;
        long result = world.call(Sys.IO_DESTROY, context.host);
        synchronized (context) {
            for (long copy : context.requests.keySet()) HostMemory.free(copy);
            context.requests.clear();
        }
        space.unmap(id, PAGE);
        return result;
    }

    private @Nullable Context context(long id) {
        synchronized (contexts) {
            return contexts.get(id);
        }
    }

    private long submit(SyscallThread t, long[] a) {
        Context context = context(a[0]);
        if (context == null || a[1] < 0) return -EINVAL;
        for (long i = 0; i < a[1]; i++) {
            long result;
            try {
                result = submitOne(t, context, t.memory().readLong(a[2] + 8 * i));
            } catch (SyscallFailure failure) {
                result = -failure.errno();
            } catch (GuestFault bad) {
                result = -EFAULT;
            }
            if (result < 0) return i > 0 ? i : result;
        }
        return a[1];
    }

    private long submitOne(SyscallThread t, Context context, long iocb) {
        GuestMemory memory = t.memory();
        byte[] request = memory.read(iocb, IOCB_BYTES);
        memory.writeInt(iocb + KEY, 0);
        long copy = HostMemory.allocate(IOCB_BYTES);
        long result = -EINVAL;
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            HostMemory.write(copy, request, 0, IOCB_BYTES);
            Scratch scratch = world.scratch();
            scratch.putInt(
                    copy + DESCRIPTOR,
                    held.hold(scratch.getInt(copy + DESCRIPTOR)).hostFd());
            if ((scratch.getInt(copy + FLAGS) & FLAG_EVENT_DESCRIPTOR) != 0) {
                int event = scratch.getInt(copy + EVENT_DESCRIPTOR);
                scratch.putInt(copy + EVENT_DESCRIPTOR, held.hold(event).hostFd());
            }
            translateBuffer(memory, scratch, copy);
            synchronized (context) {
                context.requests.put(copy, new Request(iocb, scratch.getLong(copy)));
            }
            long pointers = scratch.pair(copy, 0);
            result = world.blocking(t, Restart.IF_SA_RESTART, Sys.IO_SUBMIT, context.host, 1, pointers);
            return result;
        } finally {
            if (result < 0) {
                synchronized (context) {
                    context.requests.remove(copy);
                }
                HostMemory.free(copy);
            }
        }
    }

    private static void translateBuffer(GuestMemory memory, Scratch scratch, long copy) {
        long buffer = scratch.getLong(copy + BUFFER);
        long length = scratch.getLong(copy + LENGTH);
        int opcode = scratch.getShort(copy + OPCODE);
        switch (opcode) {
            case PREAD, PWRITE:
                Access access = opcode == PREAD ? Access.WRITE : Access.READ;
                if (length >= 0) scratch.putLong(copy + BUFFER, memory.range(buffer, length, access));
                return;
            case PREADV, PWRITEV:
                Access each = opcode == PREADV ? Access.WRITE : Access.READ;
                scratch.putLong(copy + BUFFER, Iovecs.toHost(memory, scratch, buffer, length, each));
                return;
            default:
                return;
        }
    }

    private long cancel(SyscallThread t, long[] a) {
        Context context = context(a[0]);
        t.memory().readInt(a[1] + KEY);
        if (context == null) return -EINVAL;
        long copy = 0;
        synchronized (context) {
            for (Map.Entry<Long, Request> entry : context.requests.entrySet()) {
                if (entry.getValue().iocb() == a[1]) copy = entry.getKey();
            }
        }
        if (copy == 0) return -EINVAL;
        return world.call(Sys.IO_CANCEL, context.host, copy, world.scratch().allocate(EVENT_BYTES));
    }

    private long eventsWithMask(SyscallThread t, long[] a) {
        // the sixth argument points at a pair of set pointer and set size
        long set = a[5] == 0 ? 0 : t.memory().readLong(a[5]);
        if (set != 0) {
            if (t.memory().readLong(a[5] + 8) != SET_BYTES) return -EINVAL;
            t.signals().maskForThisCall(t.memory().readLong(set));
        }
        long result = events(t, Sys.IO_PGETEVENTS, a);
        if (!Restart.is(result)) t.signals().endMaskForThisCall();
        return result;
    }

    private long events(SyscallThread t, int number, long[] a) {
        long timeout = a[4] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[4]);
        Context context = context(a[0]);
        if (context == null || a[1] < 0 || a[2] < 0 || a[1] > a[2]) return -EINVAL;
        long deadline = t.restartBlock().deadline(Timespec.after(world.monotonic(), timeout));
        Scratch scratch = world.scratch();
        int most = (int) Math.min(a[2], MOST_EVENTS);
        long least = Math.min(a[1], most);
        long buffer = scratch.allocate(Math.max(1, (long) most) * EVENT_BYTES);
        long limit = a[4] == 0 ? 0 : Timespec.write(scratch, Timespec.left(world.monotonic(), deadline));
        long result = world.blocking(
                t, Restart.WITH_REMAINING_TIME, Sys.IO_GETEVENTS, context.host, least, most, buffer, limit);
        if (Restart.is(result)) return t.restartBlock().save(number, a, deadline);
        for (int i = 0; i < result; i++) {
            long event = buffer + (long) EVENT_BYTES * i;
            long copy = scratch.getLong(event + 8);
            Request request;
            synchronized (context) {
                request = context.requests.remove(copy);
            }
            if (request == null) continue;
            HostMemory.free(copy);
            scratch.putLong(event, request.data());
            scratch.putLong(event + 8, request.iocb());
        }
        if (result > 0) t.memory().write(a[3], scratch.read(buffer, (int) result * EVENT_BYTES));
        return result;
    }
}
