package io.kmdebug.monitor.platform.ptrace;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;

/** The process that the payload runs in, and the way to have its clerk make system calls. See {@link TraceeImage}. */
final class Tracee {
    private static final int NR_WRITE = 1;
    private static final int NR_READ = 0;
    private static final int NR_SENDMSG = 46;
    private static final int NR_SOCKETPAIR = 53;
    private static final int NR_FCNTL = 72;
    private static final int NR_FTRUNCATE = 77;
    private static final int NR_PRLIMIT64 = 302;
    private static final int NR_MEMFD_CREATE = 319;
    private static final int RLIMIT_CORE = 4;
    private static final int AF_UNIX = 1;
    /** SOCK_SEQPACKET | SOCK_CLOEXEC. */
    private static final int SEQUENCED = 0x80005;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_EXEC = 0x10;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EINTR = 4;
    private static final int EINVAL = 22;
    private static final int EAGAIN = 11;
    /** Behind the standard ones, which may be closed. */
    private static final int LOWEST = 3;
    /** More than any payload maps, as it is found by address. */
    private static final long MEMORY_BYTES = 1L << 62;

    private static final int PAGE = 4096;
    /** Requests in one message. */
    private static final int MOST = 32;
    /** Bytes of a request: number, six arguments, unused. */
    private static final int REQUEST = 64;

    private static final int SPAWN_SETSIGDEF_SETSIGMASK = 0x0c;
    /** More than the C library's posix_spawnattr_t, file actions and sigset_t have. */
    private static final int SPAWN_BYTES = 512;

    private final int pid;
    private final int memory;
    private final int socket;
    private final long requests;
    private final long results = HostMemory.allocate(8 * MOST);
    /** struct msghdr, iovec, one byte, control message. */
    private final long message = HostMemory.allocate(128);

    private int count;

    private Tracee(int pid, int memory, int socket, long requests) {
        this.pid = pid;
        this.memory = memory;
        this.socket = socket;
        this.requests = requests;
        HostMemory.putLong(message + 16, message + 56);
        HostMemory.putLong(message + 24, 1);
        HostMemory.putLong(message + 56, message + 72);
        HostMemory.putLong(message + 64, 1);
        HostMemory.putLong(message + 80, 20); // cmsg_len
        HostMemory.putInt(message + 88, 1); // SOL_SOCKET
        HostMemory.putInt(message + 92, 1); // SCM_RIGHTS
    }

    /** @throws HostFailure when this host does not let it start */
    static Tracee start() {
        int memory = memoryFile(0);
        check(Native.syscall(NR_FTRUNCATE, memory, MEMORY_BYTES), "size payload memory (see ulimit -f)");
        int both = HostCall.PROT_READ | HostCall.PROT_WRITE;
        long requests = HostCall.mmap(0, 2 * PAGE, both, HostCall.MAP_SHARED, memory, TraceeImage.REQUESTS_OFFSET);
        check(requests, "map payload memory");
        long pair = HostMemory.allocate(8);
        check(Native.syscall(NR_SOCKETPAIR, AF_UNIX, SEQUENCED, 0, pair), "make a socket pair");
        int mine = raise(HostMemory.getInt(pair));
        int theirs = raise(HostMemory.getInt(pair + 4));
        HostMemory.free(pair);
        int pid = spawn(memory, theirs);
        HostCall.close(theirs);
        Tracee tracee = new Tracee(pid, memory, mine, requests);
        tracee.receive(1);
        check(tracee.result(0), "confine the payload's process (seccomp)");
        tracee.forbidCores();
        return tracee;
    }

    private static int memoryFile(int flags) {
        long name = HostCall.cString("payload");
        try {
            long descriptor = Native.syscall(NR_MEMFD_CREATE, name, MFD_CLOEXEC | flags);
            // before Linux 6.3 every such file could be executed
            if (descriptor == -EINVAL && flags != 0) descriptor = Native.syscall(NR_MEMFD_CREATE, name, MFD_CLOEXEC);
            return raise((int) check(descriptor, "make a memory file"));
        } finally {
            HostMemory.free(name);
        }
    }

    private static int raise(int descriptor) {
        if (descriptor >= LOWEST) return descriptor;
        int raised = (int) Native.syscall(NR_FCNTL, descriptor, F_DUPFD_CLOEXEC, LOWEST);
        check(raised, "get a descriptor");
        HostCall.close(descriptor);
        return raised;
    }

    /** posix_spawn(3): fork(2) in a JVM is not to be had, and its own children have their stops taken by its reaper. */
    private static int spawn(int memory, int socket) {
        byte[] image = TraceeImage.bytes();
        int file = memoryFile(MFD_EXEC);
        long text = HostMemory.allocate(image.length);
        HostMemory.write(text, image, 0, image.length);
        check(Native.syscall(NR_WRITE, file, text, image.length), "write a memory file");
        long actions = HostMemory.allocate(SPAWN_BYTES);
        long attributes = HostMemory.allocate(SPAWN_BYTES);
        long signals = HostMemory.allocate(SPAWN_BYTES);
        long path = HostCall.cString("/proc/self/fd/" + file);
        long words = HostMemory.allocate(32);
        try {
            Native.call(Native.address("posix_spawn_file_actions_init"), actions);
            long duplicate = Native.address("posix_spawn_file_actions_adddup2");
            Native.call(duplicate, actions, memory, TraceeImage.MEMORY);
            Native.call(duplicate, actions, socket, 1);
            // it would be open at whoever reads km's errors for as long as the payload lives
            Native.call(Native.address("posix_spawn_file_actions_addclose"), actions, 2);
            Native.call(Native.address("posix_spawnattr_init"), attributes);
            Native.call(Native.address("sigfillset"), signals);
            Native.call(Native.address("posix_spawnattr_setsigmask"), attributes, signals);
            Native.call(Native.address("posix_spawnattr_setsigdefault"), attributes, signals);
            Native.call(Native.address("posix_spawnattr_setflags"), attributes, SPAWN_SETSIGDEF_SETSIGMASK);
            HostMemory.putLong(words, path); // argv: one word; envp: none, at words + 8
            long result =
                    Native.call(Native.address("posix_spawn"), words + 16, path, actions, attributes, words, words + 8);
            if ((int) result != 0) throw new HostFailure("cannot start a process for the payload", (int) result);
            return HostMemory.getInt(words + 16);
        } finally {
            Native.call(Native.address("posix_spawn_file_actions_destroy"), actions);
            HostMemory.free(words);
            HostMemory.free(path);
            HostMemory.free(signals);
            HostMemory.free(attributes);
            HostMemory.free(actions);
            HostMemory.free(text);
            HostCall.close(file);
        }
    }

    /** The payload's core is the monitor's business. */
    private void forbidCores() {
        long limits = HostMemory.allocate(16);
        Native.syscall(NR_PRLIMIT64, pid, RLIMIT_CORE, limits, 0);
        HostMemory.free(limits);
    }

    /** The clerk ends, and its process with it. */
    void hangUp() {
        HostCall.close(socket);
    }

    int pid() {
        return pid;
    }

    /** The file that payload memory is made of. */
    int memory() {
        return memory;
    }

    /** Host address of the page behind the requests, which the payload can have mapped. */
    long sharedPage() {
        return requests + PAGE;
    }

    /** One system call; minus errno on failure. */
    synchronized long call(int number, long a, long b, long c, long d, long e, long f) {
        add(number, a, b, c, d, e, f);
        send(-1);
        return result(0);
    }

    /** Like {@link #call} of mmap(2), with a descriptor of the monitor's. */
    synchronized long map(int number, long at, long length, int protection, int flags, int descriptor, long offset) {
        add(number, at, length, protection, flags, TraceeImage.PASSED_DESCRIPTOR, offset);
        send(descriptor);
        return result(0);
    }

    /** Several system calls, each a number and six arguments; all are made. Returns the first failure, else 0. */
    synchronized long calls(long[][] list) {
        long failure = 0;
        for (int from = 0; from < list.length; from += MOST) {
            int end = Math.min(list.length, from + MOST);
            for (int i = from; i < end; i++) {
                long[] one = list[i];
                add((int) one[0], one[1], one[2], one[3], one[4], one[5], one[6]);
            }
            send(-1);
            for (int i = 0; i < end - from; i++) {
                if (failure == 0 && failed(result(i))) failure = result(i);
            }
        }
        return failure;
    }

    private void add(int number, long a, long b, long c, long d, long e, long f) {
        long at = requests + (long) REQUEST * ++count;
        HostMemory.putLong(at, number);
        HostMemory.putLong(at + 8, a);
        HostMemory.putLong(at + 16, b);
        HostMemory.putLong(at + 24, c);
        HostMemory.putLong(at + 32, d);
        HostMemory.putLong(at + 40, e);
        HostMemory.putLong(at + 48, f);
    }

    private void send(int descriptor) {
        HostMemory.putInt(requests, count);
        HostMemory.putLong(message + 32, descriptor < 0 ? 0 : message + 80);
        HostMemory.putLong(message + 40, descriptor < 0 ? 0 : 24);
        HostMemory.putInt(message + 96, descriptor);
        long sent;
        do sent = Native.syscall(NR_SENDMSG, socket, message, MSG_NOSIGNAL);
        while (sent == -EINTR || sent == -EAGAIN);
        int expected = count;
        count = 0;
        if (sent < 0) throw gone();
        receive(expected);
    }

    private void receive(int expected) {
        long got;
        do got = Native.syscall(NR_READ, socket, results, 8 * MOST);
        while (got == -EINTR);
        if (got != 8L * expected) throw gone();
    }

    private static HostFailure gone() {
        return new HostFailure("the payload's process is gone");
    }

    private long result(int index) {
        return HostMemory.getLong(results + 8L * index);
    }

    static boolean failed(long result) {
        return result < 0 && result > -4096;
    }

    private static long check(long result, String what) {
        if (failed(result)) throw new HostFailure("cannot " + what, -result);
        return result;
    }
}
