/* Makes every system call that does no lasting harm with bad pointers; whatever they answer, this program and whoever
   serves it must survive. With an argument it prints the results. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { ROUNDS = 12, LAST = 450 };

/* They end or replace the process, wait for ever, harm others or the host, or take away what this program stands on. */
static const int skipped[] = {
    SYS_close, SYS_mmap, SYS_mprotect, SYS_munmap, SYS_brk, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_mremap, SYS_dup2, SYS_dup3, SYS_pause, SYS_alarm, SYS_setitimer, SYS_clone, SYS_fork, SYS_vfork, SYS_execve,
    SYS_exit, SYS_kill, SYS_ptrace, SYS_syslog, SYS_setuid, SYS_setgid, SYS_setpgid, SYS_setsid, SYS_setreuid,
    SYS_setregid, SYS_setgroups, SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid, SYS_capset,
    SYS_rt_sigtimedwait, SYS_rt_sigqueueinfo, SYS_rt_sigsuspend, SYS_personality, SYS_setpriority, SYS_vhangup,
    SYS_pivot_root, SYS_arch_prctl, SYS_adjtimex, SYS_chroot, SYS_sync, SYS_acct, SYS_settimeofday, SYS_mount,
    SYS_umount2, SYS_swapon, SYS_swapoff, SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_iopl, SYS_ioperm,
    SYS_init_module, SYS_delete_module, SYS_quotactl, SYS_tkill, SYS_restart_syscall, SYS_clock_settime,
    SYS_exit_group, SYS_tgkill, SYS_kexec_load, SYS_ioprio_set, SYS_unshare, SYS_rt_tgsigqueueinfo,
    SYS_open_by_handle_at, SYS_clock_adjtime, SYS_syncfs, SYS_setns, SYS_process_vm_writev, SYS_finit_module,
    SYS_seccomp, SYS_kexec_file_load, SYS_bpf, SYS_execveat, SYS_userfaultfd, SYS_rseq, SYS_pidfd_send_signal,
    SYS_close_range, SYS_clone3, 428, 429, 430, 431, 432, 433, 440, 442, 443, 444, 445, 446, 448
};

static uint64_t seed;

static unsigned any(unsigned bound) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned) (seed >> 33) % bound;
}

static void late(int number) {}

static int is_skipped(int number) {
    for (unsigned i = 0; i < sizeof skipped / sizeof *skipped; i++) {
        if (skipped[i] == number) return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    char *page = mmap(0, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(page + 4096, 4096, PROT_NONE);
    mprotect(page + 3 * 4096, 4096, PROT_READ);
    int file = memfd_create("short", 0);
    ftruncate(file, 4096);
    char *beyond = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ftruncate(file, 100);
    const long pointers[] = {
        0, 7, 0x1001, -1, -8, -4096, INT64_MIN, INT64_MAX, 0xdeadbeef000, 0x7fffffffffff, 0x7ffffffff000, 0x800000000000,
        0x8000008000, (long) page + 4096, (long) page + 4092, (long) page + 4095, (long) page + 3 * 4096,
        (long) page + 5 * 4096 - 3, (long) beyond + 4096, (long) beyond + 4090, (long) beyond + 8188
    };
    const long sizes[] = {0, 7, 8, 16, 24, 64, 100, 4096, 65536, 1 << 20, 0x7fffffff, 0xffffffff, -1, INT64_MIN, 1L << 40};
    struct sigaction action = {.sa_handler = late};
    struct itimerval limit = {{0, 20000}, {0, 20000}};
    sigaction(SIGALRM, &action, 0);
    action.sa_handler = SIG_IGN;
    for (int i = 1; i < 32; i++) {
        if (i != SIGALRM && i != SIGSEGV && i != SIGBUS) sigaction(i, &action, 0);
    }
    int made = 0;
    for (int number = 0; number <= LAST; number++) {
        if (is_skipped(number)) continue;
        for (int round = 0; round < ROUNDS; round++) {
            seed = number * 1000 + round;
            any(2);
            long a[6];
            for (int i = 0; i < 6; i++) {
                int size = any(3) == 0;
                a[i] = size ? sizes[any(sizeof sizes / sizeof *sizes)] : pointers[any(sizeof pointers / sizeof *pointers)];
            }
            setitimer(ITIMER_REAL, &limit, 0);
            memset(page + 2 * 4096, 0, 4096);
            long result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
            if (argc > 1) printf("%d %d: %ld %s\n", number, round, result < 0 ? -1 : 0, result < 0 ? strerror(errno) : "");
            made++;
            struct itimerval none = {{0, 0}, {0, 0}};
            setitimer(ITIMER_REAL, &none, 0);
            sigset_t nothing;
            sigemptyset(&nothing);
            sigprocmask(SIG_SETMASK, &nothing, 0);
        }
        if (argc > 1) fflush(stdout);
        syscall(SYS_close_range, 3, -1, 0);
    }
    printf("made %d calls\n", made);
    return 0;
}
