package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.memory.AddressSpace;

/** Interprocess communication and asynchronous files: each subject loads when it is first used. */
public final class IpcCalls implements GroupSource {
    private static final int ASYNCHRONOUS = 28;
    private static final int SEGMENTS = 29;
    private static final int QUEUES = 30;

    private static final int[] ASYNCHRONOUS_CALLS = {
        Sys.IO_SETUP, Sys.IO_DESTROY, Sys.IO_SUBMIT, Sys.IO_CANCEL, Sys.IO_GETEVENTS, Sys.IO_PGETEVENTS
    };
    private static final int[] SEGMENT_CALLS = {Sys.SHMGET, Sys.SHMAT, Sys.SHMDT, Sys.SHMCTL};
    private static final int[] QUEUE_CALLS = {
        Sys.MSGGET,
        Sys.MSGSND,
        Sys.MSGRCV,
        Sys.MSGCTL,
        Sys.SEMGET,
        Sys.SEMCTL,
        Sys.SEMOP,
        Sys.SEMTIMEDOP,
        Sys.MQ_OPEN,
        Sys.MQ_UNLINK,
        Sys.MQ_NOTIFY,
        Sys.MQ_GETSETATTR,
        Sys.MQ_TIMEDSEND,
        Sys.MQ_TIMEDRECEIVE
    };

    private final World world;
    private final FdTable fds;
    private final AddressSpace space;
    private final SemaphoreUndo undo;

    private IpcCalls(ProcessServices services, AddressSpace space) {
        world = services.world();
        fds = services.descriptors();
        undo = services.semaphores();
        this.space = space;
    }

    public static void register(SyscallTable table, AddressSpace space, ProcessServices services) {
        IpcCalls source = new IpcCalls(services, space);
        for (int number : ASYNCHRONOUS_CALLS) table.register(source, ASYNCHRONOUS, number);
        for (int number : SEGMENT_CALLS) table.register(source, SEGMENTS, number);
        for (int number : QUEUE_CALLS) table.register(source, QUEUES, number);
    }

    @Override
    public SyscallGroup open(int group) {
        return switch (group) {
            case ASYNCHRONOUS -> new AioCalls(world, fds, space);
            case SEGMENTS -> new SharedSegmentCalls(world, space);
            case QUEUES -> new QueueCalls(world, fds, undo);
            default -> throw new IllegalArgumentException("group " + group);
        };
    }
}
