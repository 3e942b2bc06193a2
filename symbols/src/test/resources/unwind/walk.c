#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <poll.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int pipes[2];
static volatile int sink;

__attribute__((noinline)) static void wait_in_cond(int a) { pthread_mutex_lock(&lock); while (a) pthread_cond_wait(&never, &lock); sink = a; }
__attribute__((noinline)) static void wait_in_sleep(int a) { struct timespec t = {1000, a}; nanosleep(&t, 0); sink = a; }
__attribute__((noinline)) static void wait_in_read(int a) { char c; if (read(pipes[0], &c, 1) < 0) sink = a; sink++; }
__attribute__((noinline)) static void wait_in_poll(int a) { struct pollfd p = {pipes[0], POLLIN, 0}; poll(&p, 1, -1); sink = a; }
__attribute__((noinline)) static void wait_in_spin(int a) { for (;;) sink += a; }

static void *work(void *number) {
    switch ((long) number) {
    case 0: wait_in_cond(1); break;
    case 1: wait_in_sleep(2); break;
    case 2: wait_in_read(3); break;
    case 3: wait_in_poll(4); break;
    default: wait_in_spin(5);
    }
    return number;
}

__attribute__((noinline)) static int store(volatile int *where, int what) { *where = what; return what + 1; }
__attribute__((noinline)) static int middle(int n) { int r = store((volatile int *) (long) (n * 16 + sink * 16 + 0x1000), n); return r + 1; }
__attribute__((noinline)) static int deep(int n) { volatile char pad[100]; pad[n] = n; int r = n > 0 ? deep(n - 1) + pad[n] : middle(n); return r + 1; }
__attribute__((noinline)) static int overflow(int n) { volatile char pad[4000]; pad[n % 4000] = n; return overflow(n + 1) + pad[n % 4000]; }
__attribute__((noinline)) static int call(int (*f)(int), int n) { int r = f(n); return r + 1; }
__attribute__((noinline)) static int in_libc(const char *s) { int r = (int) strlen(s); return r + 1; }
static void handler(int signal) { sink = signal; sink = deep(2); sink++; }
__attribute__((noinline)) static int with_signal(int n) { raise(SIGUSR1); return n + sink; }

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "deep";
    if (pipe(pipes)) return 1;
    if (argc > 2) {
        for (long i = 0; i < 5; i++) { pthread_t t; pthread_create(&t, 0, work, (void *) i); }
        usleep(100000);
    }
    if (!strcmp(what, "deep")) sink = deep(5);
    if (!strcmp(what, "abort")) abort();
    if (!strcmp(what, "overflow")) sink = overflow(0);
    if (!strcmp(what, "null")) sink = call(0, 3);
    if (!strcmp(what, "wild")) sink = call((int (*)(int)) 0x123456789000, 3);
    if (!strcmp(what, "data")) sink = call((int (*)(int)) &lock, 3);
    if (!strcmp(what, "libc")) sink = in_libc((char *) 16);
    if (!strcmp(what, "handler")) { signal(SIGUSR1, handler); sink = with_signal(1); }
    if (!strcmp(what, "altstack")) {
        stack_t s = {malloc(65536), 0, 65536};
        struct sigaction a = {0};
        a.sa_handler = handler; a.sa_flags = SA_ONSTACK;
        sigaltstack(&s, 0); sigaction(SIGUSR1, &a, 0);
        sink = with_signal(1);
    }
    return sink;
}
