/* clone(2) by its errors, tkill, ends of threads, scheduling, affinity, membarrier, rseq, names. */
#include "say.h"
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static char stack[65536] __attribute__((aligned(16)));
#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)
static void pause_ms(long n) { struct timespec t = {n / 1000, n % 1000 * 1000000}; nanosleep(&t, 0); }

static volatile int tid, go;
static void *idle(void *a)
{
    tid = syscall(SYS_gettid);
    while (!go) pause_ms(1);
    return 0;
}
static int raw_thread(void *a)
{
    *(volatile int *)a = 1;
    return 0;
}
struct args { uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; };

static void errors(void)
{
    RAW(clone, CLONE_THREAD | CLONE_VM, stack + 60000, 0, 0, 0);
    RAW(clone, CLONE_SIGHAND, stack + 60000, 0, 0, 0);
    RAW(clone, CLONE_THREAD | CLONE_SIGHAND, stack + 60000, 0, 0, 0);
    RAW(clone, THREAD | CLONE_NEWPID, stack + 60000, 0, 0, 0);
    RAW(clone, CLONE_FS | CLONE_NEWNS, stack + 60000, 0, 0, 0);
    RAW(clone, THREAD | CLONE_NEWUSER, stack + 60000, 0, 0, 0);
    RAW(clone, THREAD | CLONE_SETTLS, stack + 60000, 0, 0, 0x800000000000);
    struct args c = {.flags = THREAD, .stack = (uintptr_t)stack, .stack_size = 60000, .exit_signal = 17};
    RAW(clone3, &c, sizeof c);
    RAW(clone3, &c, 63L);
    RAW(clone3, &c, 5000L);
    RAW(clone3, 16, sizeof c);
    c.exit_signal = 0, c.stack_size = 0;
    RAW(clone3, &c, sizeof c);
    c.stack = 0, c.stack_size = 4096;
    RAW(clone3, &c, sizeof c);
    c.stack = (uintptr_t)stack, c.stack_size = 60000, c.exit_signal = 256, c.flags = CLONE_VM;
    RAW(clone3, &c, sizeof c);
    c.exit_signal = 0, c.flags = THREAD | 0xff;
    RAW(clone3, &c, sizeof c);
    c.flags = THREAD | CLONE_DETACHED;
    RAW(clone3, &c, sizeof c);
    c.flags = THREAD | CLONE_PARENT_SETTID, c.parent_tid = 16;
    struct { struct args a; long more; } big = {c, 1};
    big.a.flags = THREAD;
    RAW(clone3, &big, sizeof big);
    RAW(unshare, CLONE_FILES);
    RAW(unshare, 0x40000000L << 10);
}

static void targets(void)
{
    pthread_t t;
    go = tid = 0;
    pthread_create(&t, 0, idle, 0);
    while (!tid) pause_ms(1);
    int it = tid;
    RAW(tkill, it, 0);
    RAW(tgkill, getpid(), it, 0);
    RAW(tgkill, getpid() + 100000, it, 0);
    RAW(tgkill, getpid(), 0, 0);
    RAW(tgkill, -1, it, 0);
    RAW(tkill, it, 65);
    RAW(tkill, it, -1);
    RAW(tkill, -1, 0);
    go = 1;
    pthread_join(t, 0);
    /* joined is before gone */
    for (long end = monotonic_ms() + 30000; syscall(SYS_sched_getscheduler, it) >= 0 && monotonic_ms() < end;) pause_ms(1);
    RAW(tkill, it, 0);
    RAW(tgkill, getpid(), it, SIGUSR1);
    RAW(sched_getparam, it, stack);
    RAW(get_robust_list, it, stack, stack + 8);
    int flag = 0;
    OK(clone(raw_thread, stack + 60000, THREAD, (void *)&flag));
    while (!flag) pause_ms(1);
    SHOW("flag %d", flag);
    char name[32] = "";
    SAY(pthread_setname_np(pthread_self(), "a name that is too long"));
    SAY(pthread_setname_np(pthread_self(), "fifteen letters"));
    SAY(prctl(PR_GET_NAME, name));
    SHOW("%s", name);
    SAY(prctl(PR_SET_NAME, "cut off after fifteen"));
    SAY(prctl(PR_GET_NAME, name));
    SHOW("%s", name);
    SAY(prctl(PR_SET_NAME, 16));
}

static void scheduling(void)
{
    cpu_set_t set;
    unsigned char bytes[1024];
    memset(bytes, 0xee, sizeof bytes);
    long n = syscall(SYS_sched_getaffinity, 0, sizeof bytes, bytes);
    SHOW("bytes %ld next %x", n, bytes[n]);
    RAW(sched_getaffinity, 0, 4, bytes);
    RAW(sched_getaffinity, 0, 9, bytes);
    RAW(sched_getaffinity, 0, 0, bytes);
    RAW(sched_getaffinity, 0, 1024, 16);
    RAW(sched_getaffinity, 999999, 1024, bytes);
    RAW(sched_getaffinity, -1, 1024, bytes);
    CPU_ZERO(&set);
    RAW(sched_setaffinity, 0, sizeof set, &set);
    CPU_SET(0, &set);
    RAW(sched_setaffinity, 0, sizeof set, &set);
    RAW(sched_setaffinity, 0, 1, &set);
    RAW(sched_setaffinity, 0, 0, &set);
    RAW(sched_setaffinity, 0, 8, 16);
    RAW(sched_setaffinity, 999999, 8, &set);
    CPU_ZERO(&set);
    SAY(sched_getaffinity(0, sizeof set, &set));
    SHOW("cpus %d", CPU_COUNT(&set));
    unsigned cpu = 9, node = 9;
    RAW(getcpu, &cpu, &node, 0);
    SHOW("cpu %u node %u", cpu, node);
    RAW(getcpu, 0, 0, 0);
    RAW(getcpu, 16, 0, 0);
    struct sched_param p = {0};
    RAW(sched_getscheduler, 0);
    RAW(sched_getscheduler, -1);
    RAW(sched_getscheduler, 999999);
    RAW(sched_setscheduler, 0, 3, &p);
    RAW(sched_getscheduler, 0);
    RAW(sched_setscheduler, 0, 77, &p);
    RAW(sched_setscheduler, 0, 0, 0);
    p.sched_priority = 5;
    RAW(sched_setscheduler, 0, 0, &p);
    p.sched_priority = 0;
    RAW(sched_setscheduler, 0, 1, &p);
    RAW(sched_setscheduler, 0, 0, &p);
    RAW(sched_setparam, 0, &p);
    RAW(sched_setparam, -5, &p);
    RAW(sched_setparam, 0, 0);
    RAW(sched_getparam, 0, &p);
    RAW(sched_getparam, 0, 16);
    RAW(sched_get_priority_max, 1);
    RAW(sched_get_priority_min, 2);
    RAW(sched_get_priority_max, 0);
    RAW(sched_get_priority_max, 99);
    struct timespec t;
    RAW(sched_rr_get_interval, 0, &t);
    RAW(sched_rr_get_interval, -1, &t);
    RAW(sched_yield);
    struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t r, d, p; uint32_t min, max; } attr = {0};
    RAW(sched_getattr, 0, &attr, sizeof attr, 0);
    SHOW("size %u policy %u nice %d", attr.size, attr.policy, attr.nice);
    RAW(sched_getattr, 0, &attr, 47, 0);
    RAW(sched_getattr, 0, &attr, sizeof attr, 1);
    attr.size = 48;
    RAW(sched_setattr, 0, &attr, 0);
    RAW(sched_setattr, 0, &attr, 1);
    RAW(sched_setattr, 0, 0, 0);
    RAW(getpriority, 0, 0);
    RAW(getpriority, 3, 0);
    RAW(setpriority, 0, 0, 3);
    RAW(getpriority, 0, 0);
    RAW(setpriority, 0, 999999, 3);
    RAW(setpriority, 0, 0, 100);
    RAW(getpriority, 0, 0);
    int mode = 7;
    unsigned long nodes[16];
    RAW(get_mempolicy, &mode, nodes, 1024, 0, 0);
    SHOW("mode %d nodes %lx", mode, nodes[0]);
    RAW(set_mempolicy, 0, 0, 0);
    RAW(set_mempolicy, 99, 0, 0);
    RAW(get_mempolicy, &mode, 0, 0, stack, 3);
    SHOW("node %d", mode);
    RAW(mbind, stack + 4096 - (uintptr_t)stack % 4096, 4096, 0, 0, 0, 0);
}

static void *nothing(void *a) { return 0; }
static void some_threads(void)
{
    pthread_t t[8];
    for (int i = 0; i < 8; i++) pthread_create(&t[i], 0, nothing, 0);
    for (int i = 0; i < 8; i++) pthread_join(t[i], 0);
}

/* A new thread has the processors, the nice value and the credentials of the one that makes it. */
static void *heir(void *a)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    SHOW("heir: cpus %d first %d", CPU_COUNT(&set), CPU_ISSET(0, &set));
    RAW(getpriority, 0, 0);
    SAY(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    return 0;
}
static void inheritance(void)
{
    pthread_t t;
    SAY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    for (int i = 0; i < 3; i++) {
        pthread_create(&t, 0, heir, 0);
        pthread_join(t, 0);
    }
}

static void barriers(void)
{
    long have = syscall(SYS_membarrier, 0, 0, 0);
    SHOW("barriers %lx", have);
    RAW(membarrier, 0, 1, 0);
    RAW(membarrier, 1, 0, 0);
    RAW(membarrier, 8, 0, 0);
    RAW(membarrier, 16, 0, 0);
    RAW(membarrier, 8, 0, 0);
    RAW(membarrier, 32, 0, 0);
    RAW(membarrier, 64, 0, 0);
    RAW(membarrier, 32, 0, 0);
    RAW(membarrier, 2, 0, 0);
    RAW(membarrier, 4, 0, 0);
    RAW(membarrier, 0x4000, 0, 0);
    RAW(membarrier, 512, 0, 0);
}

static void *last(void *a)
{
    pause_ms(50);
    SHOW("the last thread");
    exit(9);
}
int main(void)
{
    errors();
    targets();
    some_threads();
    scheduling();
    inheritance();
    barriers();
    pthread_t t;
    pthread_create(&t, 0, last, 0);
    pthread_exit(0);
}
