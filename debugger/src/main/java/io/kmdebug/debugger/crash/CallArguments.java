package io.kmdebug.debugger.crash;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names of the arguments of system calls in which threads wait. */
final class CallArguments {
    private static final String SIGNATURES = """
            read fd buf count
            write fd buf count
            open path flags mode
            close fd
            stat path buf
            fstat fd buf
            lstat path buf
            poll fds nfds timeout
            lseek fd offset whence
            mmap addr length prot flags fd offset
            mprotect addr length prot
            munmap addr length
            brk addr
            rt_sigaction signal act oldact sigsetsize
            rt_sigprocmask how set oldset sigsetsize
            rt_sigreturn
            ioctl fd request argument
            pread64 fd buf count offset
            pwrite64 fd buf count offset
            readv fd iov iovcnt
            writev fd iov iovcnt
            access path mode
            pipe fds
            select nfds readfds writefds exceptfds timeout
            sched_yield
            madvise addr length advice
            pause
            nanosleep req rem
            getpid
            sendfile out_fd in_fd offset count
            socket domain type protocol
            connect fd addr addrlen
            accept fd addr addrlen
            sendto fd buf length flags addr addrlen
            recvfrom fd buf length flags addr addrlen
            sendmsg fd msg flags
            recvmsg fd msg flags
            exit status
            wait4 pid status options rusage
            kill pid signal
            fcntl fd command argument
            flock fd operation
            fsync fd
            fdatasync fd
            gettid
            futex uaddr op val timeout uaddr2 val3
            epoll_wait epfd events maxevents timeout
            clock_nanosleep clockid flags req rem
            exit_group status
            tgkill tgid tid signal
            tkill tid signal
            waitid idtype id info options rusage
            openat dirfd path flags mode
            pselect6 nfds readfds writefds exceptfds timeout sigmask
            ppoll fds nfds timeout sigmask sigsetsize
            epoll_pwait epfd events maxevents timeout sigmask sigsetsize
            epoll_pwait2 epfd events maxevents timeout sigmask sigsetsize
            accept4 fd addr addrlen flags
            recvmmsg fd messages count flags timeout
            sendmmsg fd messages count flags
            rt_sigtimedwait set info timeout sigsetsize
            rt_sigsuspend set sigsetsize
            sigaltstack ss oldss
            restart_syscall
            splice fd_in off_in fd_out off_out length flags
            io_uring_enter fd to_submit min_complete flags sig sigsz
            msgrcv id msg size type flags
            semop id sops nsops
            semtimedop id sops nsops timeout
            mq_timedreceive mqdes msg length priority timeout
            futex_waitv waiters count flags timeout clockid
            ptrace request pid addr data
            """;

    private static final Map<String, List<String>> ARGUMENTS = new HashMap<>();

    static {
        for (String line : SIGNATURES.strip().split("\n")) {
            List<String> words = List.of(line.strip().split(" "));
            ARGUMENTS.put(words.get(0), words.subList(1, words.size()));
        }
    }

    private CallArguments() {}

    /** Empty where the call is not in the list above. */
    static Optional<List<String>> of(String name) {
        return Optional.ofNullable(ARGUMENTS.get(name));
    }
}
