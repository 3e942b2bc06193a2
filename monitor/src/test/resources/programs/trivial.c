// Calls that the guest answers by itself: right whatever happens meanwhile. Nothing but rax, rcx and r11 may change.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static int pid;
static volatile int handled, done;
static __thread volatile int mine;
static volatile long wrong;

struct registers {
    unsigned long r[16], flags;
};

// Makes the call with every register and the flags set to known values, then keeps what they are.
static long checked(long number, unsigned long flags) {
    static __thread struct registers after;
    long result;
    unsigned long rcx = flags;
    register struct registers *keep __asm__("r15") = &after;
    __asm__ volatile("sub $256, %%rsp\n\t"
                     "mov $0x1111111111111111, %%rbx\n\tmov $0x2222222222222222, %%rdx\n\t"
                     "mov $0x3333333333333333, %%rsi\n\tmov $0x4444444444444444, %%rdi\n\t"
                     "mov $0x5555555555555555, %%r8\n\tmov $0x6666666666666666, %%r9\n\t"
                     "mov $0x7777777777777777, %%r10\n\tmov $0x7888888888888888, %%r12\n\t"
                     "mov $0x7999999999999999, %%r13\n\tmov $0x7aaaaaaaaaaaaaaa, %%r14\n\t"
                     "push %1\n\tpopfq\n\tsyscall\n\tpushfq\n\tpop 128(%%r15)\n\tcld\n\t"
                     "mov %%rbx, 0(%%r15)\n\tmov %%rdx, 8(%%r15)\n\tmov %%rsi, 16(%%r15)\n\tmov %%rdi, 24(%%r15)\n\t"
                     "mov %%r8, 32(%%r15)\n\tmov %%r9, 40(%%r15)\n\tmov %%r10, 48(%%r15)\n\tmov %%r12, 56(%%r15)\n\t"
                     "mov %%r13, 64(%%r15)\n\tmov %%r14, 72(%%r15)\n\tadd $256, %%rsp"
                     : "=a"(result), "+c"(rcx)
                     : "0"(number), "r"(keep)
                     : "rbx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "memory", "cc");
    unsigned long expected[] = {0x1111111111111111, 0x2222222222222222, 0x3333333333333333, 0x4444444444444444,
                                0x5555555555555555, 0x6666666666666666, 0x7777777777777777, 0x7888888888888888,
                                0x7999999999999999, 0x7aaaaaaaaaaaaaaa};
    for (int i = 0; i < 10; i++) wrong += after.r[i] != expected[i];
    wrong += (after.flags & 0xcd5) != (flags & 0xcd5);
    return result;
}

static void handler(int signal) {
    mine++;
    __sync_fetch_and_add(&handled, 1);
}

static void *spin(void *unused) {
    int tid = syscall(SYS_gettid);
    while (!done) {
        for (int i = 0; i < 50; i++) {
            wrong += checked(SYS_getpid, 0x202 | (i & 1 ? 0x8d5 : 0x400)) != pid;
            wrong += checked(SYS_gettid, 0x202) != tid;
            wrong += checked(SYS_sched_yield, 0x246) != 0;
        }
    }
    return 0;
}

static void *other(void *unused) {
    long tid = 0;
    for (int i = 0; i < 40; i++) tid = syscall(SYS_gettid);
    return (void *)(tid == syscall(SYS_gettid) && tid != pid);
}

int main(void) {
    pid = getpid();
    for (int i = 0; i < 40; i++) syscall(SYS_getpid);
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, 0);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], 0, spin, 0);
    for (int i = 0; i < 300; i++) {
        int before = handled;
        pthread_kill(threads[i % 3], SIGUSR1);
        while (handled == before) sched_yield();
    }
    done = 1;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], 0);
    printf("handled %d, wrong %ld\n", handled, wrong);
    int good = 0;
    for (int i = 0; i < 10; i++) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, 0, other, 0);
        pthread_join(thread, &result);
        good += (long)result;
    }
    printf("threads with their own tid: %d\n", good);
    printf("ids %d %d %d %d\n", syscall(SYS_getuid) == getuid(), syscall(SYS_geteuid) == geteuid(),
           syscall(SYS_getgid) == getgid(), syscall(SYS_getegid) == getegid());
    if (getuid() == 0) {
        syscall(SYS_setresgid, 7, 8, -1);
        syscall(SYS_setresuid, 5, 6, -1);
        printf("changed %ld %ld %ld %ld\n", syscall(SYS_getuid), syscall(SYS_geteuid), syscall(SYS_getgid),
               syscall(SYS_getegid));
    }
    printf("upper half %d\n", checked(0x700000000 + SYS_getpid, 0x202) == pid);
    return 0;
}
