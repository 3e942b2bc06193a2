package io.kmdebug.monitor.syscall;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A system call as a line for people: name, arguments, result. Reads the payload's memory, never changes it. */
public final class CallText {
    private static final int LONGEST_PATH = 128;
    private static final int LONGEST_DATA = 32;
    private static final int AT_FDCWD = -100;

    /**
     * A letter for each argument: d number, u size, x bits, o octal, p address, s path, w data with the size behind it,
     * a folder's descriptor, z signal.
     */
    private static final String FORMS = """
            read dpu write dwu open sxo close d stat sp fstat dp lstat sp poll pud lseek ddd mmap puxxdx mprotect pux
            munmap pu brk p rt_sigaction zppu rt_sigprocmask dppu rt_sigreturn - ioctl dxp pread64 dpud pwrite64 dwud
            readv dpd writev dpd access so pipe p select dpppp sched_yield - mremap puuxp msync pux mincore pup
            madvise pud shmget dux shmat dpx shmctl ddp dup d dup2 dd pause - nanosleep pp getitimer dp alarm d
            setitimer dpp getpid - sendfile ddpu socket dxd connect dpu accept dpp sendto dwuxpu recvfrom dpuxpp
            sendmsg dpx recvmsg dpx shutdown dd bind dpu listen dd getsockname dpp getpeername dpp socketpair dxdp
            setsockopt dddpu getsockopt dddpp clone xpppp fork - vfork - execve spp exit d wait4 dpxp kill dz uname p
            fcntl ddx flock dd fsync d fdatasync d truncate su ftruncate du getdents dpu getcwd pu chdir s fchdir d
            rename ss mkdir so rmdir s creat so link ss unlink s symlink ss readlink spu chmod so fchmod do chown sdd
            fchown ddd lchown sdd umask o gettimeofday pp getrlimit dp getrusage dp sysinfo p times p getuid - getgid -
            setuid d setgid d geteuid - getegid - setpgid dd getppid - getpgrp - setsid - setreuid dd setregid dd
            getgroups dp setgroups dp setresuid ddd getresuid ppp setresgid ddd getresgid ppp getpgid d getsid d
            rt_sigpending pu rt_sigtimedwait pppu rt_sigqueueinfo dzp rt_sigsuspend pu sigaltstack pp statfs sp
            fstatfs dp prctl dxxxx arch_prctl xp sync - gettid - tkill dz time p futex pxdppd sched_setaffinity dup
            sched_getaffinity dup epoll_create d getdents64 dpu set_tid_address p clock_settime dp clock_gettime dp
            clock_getres dp clock_nanosleep dxpp exit_group d epoll_wait dpdd epoll_ctl dddp tgkill ddz utimes sp
            waitid ddpxp inotify_add_watch dsx openat asxo mkdirat aso newfstatat aspx unlinkat asx renameat asas
            linkat asasx symlinkat sas readlinkat aspu fchmodat aso faccessat aso pselect6 dppppp ppoll pupp
            set_robust_list pu get_robust_list dpp splice dpdpux utimensat aspx epoll_pwait dpddpu signalfd dpu
            timerfd_create dx eventfd d fallocate dxdd timerfd_settime dxpp timerfd_gettime dp accept4 dppx
            signalfd4 dpux eventfd2 dx epoll_create1 x dup3 ddx pipe2 px inotify_init1 x preadv dpdd pwritev dpdd
            rt_tgsigqueueinfo ddzp prlimit64 ddpp sendmmsg dpux getcpu pp renameat2 asasx getrandom pux
            memfd_create sx execveat asppx membarrier dxd copy_file_range dpdpux statx asxxp rseq puxx clone3 pu
            close_range uux faccessat2 asox epoll_pwait2 dpdppu km_snapshot ppd km_unmapself pu km_shrink -""";

    private static @Nullable Map<String, String> forms;

    private CallText() {}

    /** "openat(AT_FDCWD, "/etc/passwd", 0x80000, 0) = 3". */
    public static String of(SyscallThread thread, long number, long[] a, long result) {
        return call(thread, number, a)
                .append(" = ")
                .append(result(number, result))
                .toString();
    }

    /** The call alone, for one that does not return. */
    public static String of(SyscallThread thread, long number, long[] a) {
        return call(thread, number, a).append(" = ?").toString();
    }

    private static StringBuilder call(SyscallThread thread, long number, long[] a) {
        String name = SyscallNames.name(number);
        String form = form(name);
        StringBuilder text = new StringBuilder(name).append('(');
        for (int i = 0; i < form.length(); i++) {
            if (i > 0) text.append(", ");
            long length = i + 1 < a.length ? a[i + 1] : 0;
            argument(text, thread.memory(), form.charAt(i), a[i], length);
        }
        return text.append(')');
    }

    private static synchronized String form(String name) {
        Map<String, String> known = forms;
        if (known == null) {
            known = new HashMap<>();
            String[] words = FORMS.split("\\s+");
            for (int i = 0; i + 1 < words.length; i += 2)
                known.put(words[i], words[i + 1].equals("-") ? "" : words[i + 1]);
            forms = known;
        }
        return known.getOrDefault(name, "xxxxxx");
    }

    private static void argument(StringBuilder text, GuestMemory memory, char kind, long value, long next) {
        switch (kind) {
            case 'd' -> text.append(value == (int) value ? value : (int) value);
            case 'z' -> text.append(signal(value));
            case 'u' -> text.append(Long.toUnsignedString(value));
            case 'o' -> text.append('0').append(Long.toOctalString(value & 07777));
            case 'a' -> text.append((int) value == AT_FDCWD ? "AT_FDCWD" : Integer.toString((int) value));
            case 's' -> path(text, memory, value);
            case 'w' -> data(text, memory, value, next);
            case 'p' -> text.append(value == 0 ? "NULL" : "0x".concat(Long.toHexString(value)));
            default -> text.append(value == 0 ? "0" : "0x".concat(Long.toHexString(value)));
        }
    }

    private static String signal(long number) {
        return number > 0 && number <= 64
                ? io.kmdebug.machine.LinuxSignal.nameOf((int) number)
                : Integer.toString((int) number);
    }

    private static void path(StringBuilder text, GuestMemory memory, long address) {
        long readable = address == 0 ? 0 : memory.accessible(address, LONGEST_PATH, Access.READ);
        if (readable == 0) {
            argument(text, memory, 'p', address, 0);
            return;
        }
        byte[] bytes = memory.read(address, (int) readable);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) end++;
        quoted(text, bytes, end, end == bytes.length);
    }

    private static void data(StringBuilder text, GuestMemory memory, long address, long length) {
        int wanted = (int) Math.min(LONGEST_DATA, Math.max(length, 0));
        long readable = address == 0 || wanted == 0 ? 0 : memory.accessible(address, wanted, Access.READ);
        if (readable < wanted || wanted == 0) {
            argument(text, memory, 'p', address, 0);
            return;
        }
        quoted(text, memory.read(address, wanted), wanted, length > wanted);
    }

    private static void quoted(StringBuilder text, byte[] bytes, int length, boolean more) {
        text.append('"');
        for (int i = 0; i < length; i++) {
            int c = bytes[i] & 0xff;
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\r' -> text.append("\\r");
                case '"', '\\' -> text.append('\\').append((char) c);
                default -> {
                    if (c >= ' ' && c < 0x7f) text.append((char) c);
                    else text.append('\\').append(Integer.toOctalString(c));
                }
            }
        }
        text.append(more ? "\"..." : "\"");
    }

    private static String result(long number, long result) {
        if (SyscallThread.Restart.is(result)) return "? (interrupted, may be made again)";
        if (result < 0 && result >= -4095) return "-1 " + ErrorNames.of(-result);
        boolean address = number == Sys.MMAP || number == Sys.BRK || number == Sys.MREMAP;
        return address ? "0x" + Long.toHexString(result) : Long.toString(result);
    }
}
