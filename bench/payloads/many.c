/* Many threads that wait, for cores with many stacks: many [crash] */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORKERS 200

struct job {
    long number;
    const char *name;
    double share[4];
    struct job *next;
};

static volatile int waiting;

static long wait_for(struct job *job, int depth) {
    long here = job->number * depth;
    if (depth > 0) return wait_for(job, depth - 1) + here;
    __sync_fetch_and_add(&waiting, 1);
    for (;;) pause();
    return here;
}

static void *work(void *argument) {
    char name[32];
    struct job job = {(long)argument, name, {0.25, 0.5, 0.75, 1.0}, NULL};
    snprintf(name, sizeof name, "job %ld", job.number);
    return (void *)wait_for(&job, 2);
}

int main(int argc, char **argv) {
    pthread_t threads[WORKERS];
    for (long i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, work, (void *)i);
    while (waiting < WORKERS) usleep(1000);
    if (argc > 1 && strcmp(argv[1], "crash") == 0) abort();
    return 0;
}
