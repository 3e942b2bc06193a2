package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;

import io.kmdebug.monitor.syscall.SyscallThread.Restart;

/** System V message queues and semaphores, sysvipc(7), and POSIX message queues, mq_overview(7). */
final class QueueCalls implements SyscallGroup {
    private static final int MSQID_BYTES = 120;
    private static final int MSGINFO_BYTES = 32;
    private static final int SEMID_BYTES = 104;
    private static final int SEMINFO_BYTES = 40;
    private static final int SEMAPHORE_COUNT = 80;
    private static final int SEMBUF_BYTES = 6;
    private static final int MOST_OPERATIONS = 1 << 15;
    private static final int LONGEST_MESSAGE = 1 << 24;
    private static final int IPC_RMID = 0;
    private static final int IPC_SET = 1;
    private static final int IPC_STAT = 2;
    private static final int IPC_INFO = 3;
    private static final int GETALL = 13;
    private static final int SETVAL = 16;
    private static final int SETALL = 17;
    private static final int ATTRIBUTE_BYTES = 64;
    private static final int EVENT_BYTES = 64;
    private static final int SIGEV_THREAD = 2;
    private static final int COOKIE_BYTES = 32;
    private static final int NAME_BYTES = 4096;

    private final World world;
    private final FdTable fds;
    private final SemaphoreUndo undo;

    QueueCalls(World world, FdTable fds, SemaphoreUndo undo) {
        this.undo = undo;
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        GuestMemory memory = t.memory();
        return switch (number) {
            case Sys.MSGGET -> world.call(number, (int) a[0], (int) a[1]);
            case Sys.MSGSND -> send(t, a);
            case Sys.MSGRCV -> receive(t, a);
            case Sys.MSGCTL -> world.call(number, (int) a[0], (int) a[1], queueBuffer(memory, (int) a[1], a[2]));
            case Sys.SEMGET -> world.call(number, (int) a[0], (int) a[1], (int) a[2]);
            case Sys.SEMCTL -> control(memory, a);
            case Sys.SEMOP -> operate(t, number, a, 0);
            case Sys.SEMTIMEDOP -> operate(t, number, a, a[3]);
            case Sys.MQ_OPEN -> open(memory, a);
            case Sys.MQ_UNLINK -> world.call(number, name(memory, a[0]));
            case Sys.MQ_NOTIFY -> announce(memory, a);
            case Sys.MQ_GETSETATTR -> attributes(memory, a);
            default -> transfer(t, number, a);
        };
    }

    /** struct msgbuf: type 8, text. */
    private long send(SyscallThread t, long[] a) {
        boolean possible = a[2] >= 0 && a[2] <= LONGEST_MESSAGE;
        long message = t.memory().host(a[1], possible ? 8 + a[2] : 8, Access.READ);
        return world.blocking(t, Restart.NEVER_AFTER_HANDLER, Sys.MSGSND, (int) a[0], message, a[2], (int) a[3]);
    }

    private long receive(SyscallThread t, long[] a) {
        long length = Math.min(a[2] & Long.MAX_VALUE, LONGEST_MESSAGE);
        long buffer = t.memory().range(a[1], 8 + length, Access.WRITE);
        long size = a[2] < 0 ? a[2] : length;
        return world.blocking(t, Restart.NEVER_AFTER_HANDLER, Sys.MSGRCV, (int) a[0], buffer, size, a[3], (int) a[4]);
    }

    private static long queueBuffer(GuestMemory memory, int command, long pointer) {
        return switch (command) {
            case IPC_SET -> memory.host(pointer, MSQID_BYTES, Access.READ);
            case IPC_STAT, 11, 13 -> memory.host(pointer, MSQID_BYTES, Access.WRITE);
            case IPC_INFO, 12 -> memory.host(pointer, MSGINFO_BYTES, Access.WRITE);
            default -> 0;
        };
    }

    private long control(GuestMemory memory, long[] a) {
        int command = (int) a[2];
        long argument = switch (command) {
            case IPC_SET -> memory.host(a[3], SEMID_BYTES, Access.READ);
            case IPC_STAT, 18, 20 -> memory.host(a[3], SEMID_BYTES, Access.WRITE);
            case IPC_INFO, 19 -> memory.host(a[3], SEMINFO_BYTES, Access.WRITE);
            case SETVAL -> (int) a[3];
            case GETALL, SETALL -> {
                Scratch scratch = world.scratch();
                long state = scratch.allocate(SEMID_BYTES);
                long result = world.own(Sys.SEMCTL, (int) a[0], 0, IPC_STAT, state);
                if (result < 0) throw new SyscallFailure((int) -result);
                Access access = command == GETALL ? Access.WRITE : Access.READ;
                yield memory.host(a[3], 2 * scratch.getLong(state + SEMAPHORE_COUNT), access);
            }
            default -> 0;
        };
        long result = world.call(Sys.SEMCTL, (int) a[0], (int) a[1], command, argument);
        if (result >= 0 && command == SETVAL) undo.set((int) a[0], (int) a[1]);
        if (result >= 0 && (command == SETALL || command == IPC_RMID)) undo.setAll((int) a[0]);
        return result;
    }

    private long operate(SyscallThread t, int number, long[] a, long timeoutPointer) {
        long count = Integer.toUnsignedLong((int) a[2]);
        Scratch scratch = world.scratch();
        boolean possible = count > 0 && count <= MOST_OPERATIONS;
        byte[] wanted = possible ? t.memory().read(a[1], (int) count * SEMBUF_BYTES) : new byte[0];
        long operations = possible ? scratch.bytes(wanted) : 0;
        if (timeoutPointer == 0) {
            long done = world.blocking(t, Restart.NEVER_AFTER_HANDLER, Sys.SEMOP, (int) a[0], operations, count);
            if (done == 0) undo.done((int) a[0], wanted);
            return done;
        }
        long timeout = Timespec.read(t.memory(), timeoutPointer);
        long deadline = t.restartBlock().deadline(Timespec.after(world.monotonic(), timeout));
        long limit = Timespec.write(scratch, Timespec.left(world.monotonic(), deadline));
        long result =
                world.blocking(t, Restart.WITH_REMAINING_TIME, Sys.SEMTIMEDOP, (int) a[0], operations, count, limit);
        if (result == 0) undo.done((int) a[0], wanted);
        return Restart.is(result) ? t.restartBlock().save(number, a, deadline) : result;
    }

    private long name(GuestMemory memory, long pointer) {
        return world.scratch().string(memory.readString(pointer, NAME_BYTES));
    }

    private long open(GuestMemory memory, long[] a) {
        fds.needRoom();
        long name = name(memory, a[0]);
        long attributes = a[3] == 0 ? 0 : memory.host(a[3], ATTRIBUTE_BYTES, Access.READ);
        long fd = world.call(Sys.MQ_OPEN, name, (int) a[1] | OpenCalls.O_CLOEXEC, a[2], attributes);
        if (fd < 0) return fd;
        return fds.install(fd, new OpenFile(OpenFile.Kind.OTHER), true);
    }

    /** mq_timedsend and mq_timedreceive: the time is a point in time, so that a call made again ends when it should. */
    private long transfer(SyscallThread t, int number, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            boolean send = number == Sys.MQ_TIMEDSEND;
            long length = Math.min(a[2] & Long.MAX_VALUE, LONGEST_MESSAGE);
            long buffer = t.memory().range(a[1], length, send ? Access.READ : Access.WRITE);
            long priority = send ? a[3] : a[3] == 0 ? 0 : t.memory().host(a[3], 4, Access.WRITE);
            long until = a[4] == 0 ? 0 : t.memory().host(a[4], 16, Access.READ);
            return world.blocking(t, Restart.IF_SA_RESTART, number, d.hostFd(), buffer, a[2], priority, until);
        } finally {
            d.release();
        }
    }

    private long attributes(GuestMemory memory, long[] a) {
        Descriptor d = fds.acquire(a[0]);
        try {
            long newer = a[1] == 0 ? 0 : memory.host(a[1], ATTRIBUTE_BYTES, Access.READ);
            long older = a[2] == 0 ? 0 : memory.host(a[2], ATTRIBUTE_BYTES, Access.WRITE);
            return world.call(Sys.MQ_GETSETATTR, d.hostFd(), newer, older);
        } finally {
            d.release();
        }
    }

    /** struct sigevent: value 8, signo 4, notify 4. For SIGEV_THREAD a cookie and the socket that it is sent to. */
    private long announce(GuestMemory memory, long[] a) {
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            Scratch scratch = world.scratch();
            long event = a[1] == 0 ? 0 : scratch.bytes(memory.read(a[1], EVENT_BYTES));
            if (event != 0 && scratch.getInt(event + 12) == SIGEV_THREAD) {
                scratch.putLong(event, scratch.bytes(memory.read(scratch.getLong(event), COOKIE_BYTES)));
                scratch.putInt(event + 8, held.hold(scratch.getInt(event + 8)).hostFd());
            }
            if (event != 0 && (scratch.getInt(event + 12) & ~3) != 0) return -EINVAL;
            return world.call(Sys.MQ_NOTIFY, held.hold(a[0]).hostFd(), event);
        }
    }
}
