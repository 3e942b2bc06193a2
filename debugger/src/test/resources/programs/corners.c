/* A crash in a signal handler that interrupted a function with its values in registers, beside a thread that waits. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

__thread long mine = 5;
static int waiting[2];
static long self;
volatile double sink, given = 1.25;
volatile float half = 0.5f;
volatile int seven = 7;

NOINLINE static void *waits(void *number) {
    mine += (long) number;
    write(waiting[1], "x", 1);
    for (;;) pause(); // waits here
    return NULL;
}

static void handler(int signal) {
    int handled = signal + 100;
    sink += handled;
    *(volatile int *) 16 = handled; // crash
}

/* Its parameters are in xmm0 to xmm2 when the signal comes. */
NOINLINE static double interrupted(double x, float y, double z, int n) {
    long result;
    // tkill(thread, SIGUSR1): a system call changes no register of SSE
    __asm__ volatile("syscall" : "=a"(result) : "a"(200), "D"(self), "S"(SIGUSR1) : "rcx", "r11", "memory");
    return x * y + z + n + result;
}

/* Writes over every register that calls keep, so that those of the callers are on the stack. */
NOINLINE static double scrambles(double x, int n) {
    double result = interrupted(x * 2, half, x - 1, n);
    __asm__ volatile("" ::: "rbx", "rbp", "r12", "r13", "r14", "r15");
    return result + n;
}

NOINLINE static double keeps(double x) {
    register long kept __asm__("r12") = 0x1234567812345678;
    __asm__ volatile("" : "+r"(kept));
    double result = scrambles(x + 0.25, seven);
    __asm__ volatile("" : "+r"(kept));
    return result + kept;
}

int main(void) {
    pthread_t thread;
    char byte;
    mine = 6;
    pipe(waiting);
    pthread_create(&thread, NULL, waits, (void *) 37);
    read(waiting[0], &byte, 1);
    usleep(50000);
    self = syscall(SYS_gettid);
    signal(SIGUSR1, handler);
    return keeps(given) > 0;
}
