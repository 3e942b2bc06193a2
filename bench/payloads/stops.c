#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* stops hit: calls a function for ever. stops threads: 200 threads, half of them wait for a mutex and half sleep; the
   main one computes. */

enum { THREADS = 200 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned long calls;

__attribute__((noinline)) void hit(void)
{
    calls++;
}

__attribute__((noinline)) void all_there(void)
{
    calls++;
}

static void *waits(void *number)
{
    if ((long)number % 2) pthread_mutex_lock(&gate);
    else for (;;) pause();
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_mutex_lock(&gate);
    if (argc == 2 && !strcmp(argv[1], "threads")) {
        pthread_attr_t small;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 64 << 10);
        for (long i = 0; i < THREADS; i++) {
            pthread_t thread;
            if (pthread_create(&thread, &small, waits, (void *)i)) exit(1);
        }
        all_there();
        for (;;) calls++;
    }
    for (;;) hit();
}
