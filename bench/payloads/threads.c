#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* threads pass: 64 threads in pairs, each pair passes a ball by mutex and condition variable; the microseconds of a pass,
   all pairs together. threads make: the microseconds to make a thread that ends at once, and to join it. */

enum { PAIRS = 32, ROUNDS = 1000, MADE = 4000, AT_ONCE = 20 };

static struct pair {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int turn;
} pairs[PAIRS];

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void *passes(void *number)
{
    struct pair *p = &pairs[(long)number / 2];
    int me = (long)number % 2;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&p->mutex);
        while (p->turn != me) pthread_cond_wait(&p->cond, &p->mutex);
        p->turn = !me;
        pthread_cond_signal(&p->cond);
        pthread_mutex_unlock(&p->mutex);
    }
    return 0;
}

static void *ends(void *a) { return a; }

static void begin(pthread_t *thread, void *(*run)(void *), long number)
{
    if (pthread_create(thread, 0, run, (void *)number)) exit(2);
}

int main(int argc, char **argv)
{
    pthread_t threads[2 * PAIRS];
    double start = microseconds();
    long count;
    if (argc == 2 && !strcmp(argv[1], "pass")) {
        for (int i = 0; i < PAIRS; i++) pthread_mutex_init(&pairs[i].mutex, 0), pthread_cond_init(&pairs[i].cond, 0);
        for (long i = 0; i < 2 * PAIRS; i++) begin(&threads[i], passes, i);
        for (int i = 0; i < 2 * PAIRS; i++) pthread_join(threads[i], 0);
        count = 2L * PAIRS * ROUNDS;
    } else if (argc == 2 && !strcmp(argv[1], "make")) {
        for (int done = 0; done < MADE; done += AT_ONCE) {
            for (long i = 0; i < AT_ONCE; i++) begin(&threads[i], ends, i);
            for (int i = 0; i < AT_ONCE; i++) pthread_join(threads[i], 0);
        }
        count = MADE;
    } else {
        return 1;
    }
    printf("%.3f\n", (microseconds() - start) / count);
    return 0;
}
