package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.util.List;

/**
 * Starts processes that no wait of the payload can see, until they are adopted. Between them and this process stands a
 * nursery: a process that shares our memory and descriptors, runs the few instructions below with all signals blocked,
 * and whose end would be told by no signal, so wait(2) overlooks it. Its child is adopted by its end, while we are the
 * subreaper: prctl(2). It dies with the thread that made it, so that one has to be there for good.
 *
 * <p>The memory that it shares with its starter, 8 bytes a field: stack of the nursery, stack of the child up to its
 * exec, pid of the child or minus an errno, what the nursery is to do
 * ({@link #STAY}, {@link #LEAVE}, {@link #KILL}), path, argv, envp, signal mask, descriptor for
 * 0 to 2, descriptor for {@link #LOG}, descriptor for {@link #CHANNEL}, the path "/", pid of the starter.
 */
final class Nursery {
    /** The number under which the child finds its end of the channel: above what a JVM opens while it starts. */
    static final int CHANNEL = 63;

    /** And the log that it is to write to, when its starter has one. */
    static final int LOG = 62;

    private static final int STACK = 0;
    private static final int CHILD_STACK = 8;
    private static final int CHILD = 16;
    private static final int END = 24;
    /** Values of END: wait on; leave, the child has another parent then; kill the child, and leave when it is gone. */
    private static final int STAY = 0;

    private static final int LEAVE = 1;
    private static final int KILL = 2;
    private static final int PATH = 32;
    private static final int ARGV = 40;
    private static final int ENVP = 48;
    private static final int MASK = 56;
    private static final int NULL_FD = 64;
    private static final int LOG_FD = 72;
    private static final int CHANNEL_FD = 80;
    private static final int ROOT = 88;
    private static final int PARENT = 96;
    private static final int FIELDS_BYTES = 104;
    private static final int STACK_BYTES = 1024;

    private static final int NR_RT_SIGPROCMASK = 14;
    private static final int NR_GETPID = 39;
    private static final int NR_WAIT4 = 61;
    private static final int NR_PRCTL = 157;
    private static final int NR_FUTEX = 202;
    private static final int SIG_SETMASK = 2;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final int WALL = 0x4000_0000;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int PR_GET_CHILD_SUBREAPER = 37;

    /** Takes the address of the fields; returns the pid of the nursery, or -1 and errno as the C library does not. */
    private static final String CODE = ""
            + "53" // push %rbx
            + "4889fb" // mov %rdi,%rbx
            + "b838000000" // mov $56,%eax          clone
            + "bf00050000" // mov $0x500,%edi       CLONE_VM | CLONE_FILES
            + "488b33" // mov (%rbx),%rsi
            + "31d2" // xor %edx,%edx
            + "4d31d2" // xor %r10,%r10
            + "4d31c0" // xor %r8,%r8
            + "0f05" // syscall
            + "4885c0" // test %rax,%rax
            + "7402" // je nursery
            + "5b" // pop %rbx
            + "c3" // ret
            // nursery:
            + "b89d000000" // mov $157,%eax         prctl
            + "bf01000000" // mov $1,%edi           PR_SET_PDEATHSIG
            + "be09000000" // mov $9,%esi           SIGKILL
            + "0f05" // syscall
            + "b86e000000" // mov $110,%eax         getppid
            + "0f05" // syscall
            + "3b4360" // cmp 96(%rbx),%eax
            + "7409" // je stay
            + "31ff" // xor %edi,%edi
            + "b83c000000" // mov $60,%eax          exit: our starter had gone before we asked to be told
            + "0f05" // syscall
            // stay:
            + "b838000000" // mov $56,%eax          clone
            + "bf11410000" // mov $0x4111,%edi      CLONE_VM | CLONE_VFORK | SIGCHLD
            + "488b7308" // mov 8(%rbx),%rsi
            + "31d2" // xor %edx,%edx
            + "4d31d2" // xor %r10,%r10
            + "4d31c0" // xor %r8,%r8
            + "0f05" // syscall
            + "4885c0" // test %rax,%rax
            + "7462" // je child
            + "48894310" // mov %rax,16(%rbx)
            + "488d7b10" // lea 16(%rbx),%rdi
            + "be01000000" // mov $1,%esi           FUTEX_WAKE
            + "ba01000000" // mov $1,%edx
            + "b8ca000000" // mov $202,%eax         futex
            + "0f05" // syscall
            // wait:
            + "837b1800" // cmpl $0,24(%rbx)
            + "7514" // jne end
            + "488d7b18" // lea 24(%rbx),%rdi
            + "31f6" // xor %esi,%esi               FUTEX_WAIT
            + "31d2" // xor %edx,%edx
            + "4d31d2" // xor %r10,%r10
            + "b8ca000000" // mov $202,%eax
            + "0f05" // syscall
            + "ebe6" // jmp wait
            // end:
            + "837b1802" // cmpl $2,24(%rbx)
            + "7520" // jne leave
            + "8b7b10" // mov 16(%rbx),%edi
            + "be09000000" // mov $9,%esi           SIGKILL
            + "b83e000000" // mov $62,%eax          kill
            + "0f05" // syscall
            + "8b7b10" // mov 16(%rbx),%edi
            + "31f6" // xor %esi,%esi
            + "31d2" // xor %edx,%edx
            + "4d31d2" // xor %r10,%r10
            + "b83d000000" // mov $61,%eax          wait4
            + "0f05" // syscall
            // leave:
            + "31ff" // xor %edi,%edi
            + "b83c000000" // mov $60,%eax          exit
            + "0f05" // syscall
            // child:
            + duplicate(NULL_FD, 0)
            + duplicate(NULL_FD, 1)
            + duplicate(NULL_FD, 2)
            + duplicate(CHANNEL_FD, CHANNEL)
            + duplicate(LOG_FD, LOG)
            + "b850000000" // mov $80,%eax          chdir
            + "488d7b58" // lea 88(%rbx),%rdi
            + "0f05" // syscall
            + "b80e000000" // mov $14,%eax          rt_sigprocmask
            + "bf02000000" // mov $2,%edi           SIG_SETMASK
            + "488d7338" // lea 56(%rbx),%rsi
            + "31d2" // xor %edx,%edx
            + "41ba08000000" // mov $8,%r10d
            + "0f05" // syscall
            + "b86d000000" // mov $109,%eax         setpgid(0, 0)
            + "31ff" // xor %edi,%edi
            + "31f6" // xor %esi,%esi
            + "0f05" // syscall
            + "b83b000000" // mov $59,%eax          execve
            + "488b7b20" // mov 32(%rbx),%rdi
            + "488b7328" // mov 40(%rbx),%rsi
            + "488b5330" // mov 48(%rbx),%rdx
            + "0f05" // syscall
            + "bf7f000000" // mov $127,%edi
            + "b83c000000" // mov $60,%eax
            + "0f05"; // syscall

    private static final long FUNCTION = HostCall.code(CODE);

    private final long fields;
    private final long strings;
    private final int pid;
    private final int child;

    private Nursery(long fields, long strings, int pid, int child) {
        this.fields = fields;
        this.strings = strings;
        this.pid = pid;
        this.child = child;
    }

    /** dup3(field, number, 0). */
    private static String duplicate(int field, int number) {
        return "b824010000" // mov $292,%eax
                + "8b7b" // mov field(%rbx),%edi
                + String.format("%02x", field)
                + "be" // mov $number,%esi
                + String.format("%02x000000", number)
                + "31d2" // xor %edx,%edx
                + "0f05"; // syscall
    }

    /**
     * Starts a process, in a process group of its own and in no folder that could be in anybody's way. The calling
     * thread must be there for good.
     *
     * @param arguments ISO-8859-1, like the environment
     * @param mask blocked signals of the new process
     * @param nothing a descriptor of /dev/null
     * @param log descriptor for its log, or -1
     * @param channel our own descriptor of its end of the channel
     * @throws HostFailure when there are too many processes, or no memory
     */
    static Nursery start(
            String path,
            List<String> arguments,
            List<String> environment,
            long mask,
            int nothing,
            int log,
            int channel) {
        long fields = HostMemory.allocate(FIELDS_BYTES + 2 * STACK_BYTES);
        long strings = HostMemory.allocate(size(path, arguments, environment));
        HostMemory.putInt(fields + END, STAY);
        HostMemory.putLong(fields + STACK, fields + FIELDS_BYTES + STACK_BYTES & -16);
        HostMemory.putLong(fields + CHILD_STACK, fields + FIELDS_BYTES + 2 * STACK_BYTES & -16);
        long argv = strings;
        long envp = argv + 8L * (arguments.size() + 1);
        long text = envp + 8L * (environment.size() + 1);
        HostMemory.putLong(fields + PATH, text);
        text = write(text, path);
        HostMemory.putLong(fields + ARGV, argv);
        text = write(text, argv, arguments);
        HostMemory.putLong(fields + ENVP, envp);
        write(text, envp, environment);
        HostMemory.putLong(fields + MASK, mask);
        HostMemory.putLong(fields + NULL_FD, nothing);
        HostMemory.putLong(fields + LOG_FD, log);
        HostMemory.putByte(fields + ROOT, (byte) '/');
        HostMemory.putLong(fields + CHANNEL_FD, channel);
        HostMemory.putLong(fields + PARENT, Native.syscall(NR_GETPID));
        int pid = (int) withoutSignals(fields);
        if (pid < 0) {
            HostMemory.free(fields);
            HostMemory.free(strings);
            throw new HostFailure("cannot start another process", -pid);
        }
        while (HostMemory.getInt(fields + CHILD) == 0) {
            Native.syscall(NR_FUTEX, fields + CHILD, FUTEX_WAIT, 0, 0);
        }
        int child = HostMemory.getInt(fields + CHILD);
        Nursery made = new Nursery(fields, strings, pid, child);
        if (child > 0) return made;
        made.end(LEAVE);
        throw new HostFailure("cannot start another monitor", -child);
    }

    /** Whether orphans below become children of this process. */
    static boolean isSubreaper() {
        long flag = HostMemory.allocate(8);
        Native.syscall(NR_PRCTL, PR_GET_CHILD_SUBREAPER, flag, 0, 0, 0);
        boolean is = HostMemory.getInt(flag) != 0;
        HostMemory.free(flag);
        return is;
    }

    private static int size(String path, List<String> arguments, List<String> environment) {
        int bytes = path.length() + 1 + 8 * (arguments.size() + environment.size() + 2);
        for (String text : arguments) bytes += text.length() + 1;
        for (String text : environment) bytes += text.length() + 1;
        return bytes;
    }

    private static long write(long at, long array, List<String> texts) {
        long text = at;
        for (int i = 0; i < texts.size(); i++) {
            HostMemory.putLong(array + 8L * i, text);
            text = write(text, texts.get(i));
        }
        return text;
    }

    private static long write(long at, String text) {
        for (int i = 0; i < text.length(); i++) HostMemory.putByte(at + i, (byte) text.charAt(i));
        return at + text.length() + 1;
    }

    /** A handler of the JVM's must never run in the nursery. */
    private static long withoutSignals(long fields) {
        long sets = HostMemory.allocate(16);
        try {
            HostMemory.putLong(sets, -1);
            Native.syscall(NR_RT_SIGPROCMASK, SIG_SETMASK, sets, sets + 8, 8);
            long pid = Native.call(FUNCTION, fields);
            Native.syscall(NR_RT_SIGPROCMASK, SIG_SETMASK, sets + 8, 0, 8);
            return pid;
        } finally {
            HostMemory.free(sets);
        }
    }

    /** Pid of the process that was started. */
    int child() {
        return child;
    }

    /** Makes the process a child of ours, whose end is told by SIGCHLD. */
    void giveAway() {
        synchronized (Nursery.class) {
            boolean reapsAnyway = isSubreaper();
            if (!reapsAnyway) Native.syscall(NR_PRCTL, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
            end(LEAVE);
            if (!reapsAnyway) Native.syscall(NR_PRCTL, PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
        }
    }

    /** Ends the process that was started; nobody hears of it. */
    void kill() {
        end(KILL);
    }

    private void end(int how) {
        HostMemory.putInt(fields + END, how);
        Native.syscall(NR_FUTEX, fields + END, FUTEX_WAKE, 1);
        Native.syscall(NR_WAIT4, pid, 0, WALL, 0);
        HostMemory.free(fields);
        HostMemory.free(strings);
    }
}
