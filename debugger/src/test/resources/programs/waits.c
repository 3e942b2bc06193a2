#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int ends[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static volatile int done;

static void *in_read(void *arg) {
    char byte;
    (void)arg;
    pthread_barrier_wait(&barrier);
    return (void *)read(ends[0], &byte, 1);
}

static void *in_sleep(void *arg) {
    (void)arg;
    pthread_barrier_wait(&barrier);
    while (!done)
        usleep(200000);
    return (void *)3;
}

static void *in_lock(void *arg) {
    (void)arg;
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return (void *)5;
}

int main(void) {
    pthread_t threads[3];
    void *result;
    long sum = 0;
    void *(*bodies[])(void *) = {in_read, in_sleep, in_lock};
    if (pipe(ends) != 0)
        return 1;
    pthread_mutex_lock(&mutex);
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, bodies[i], NULL);
    pthread_barrier_wait(&barrier);
    usleep(50000);
    sum = 0; // all there
    while (!done)
        usleep(1000);
    pthread_mutex_unlock(&mutex);
    if (write(ends[1], "x", 1) != 1)
        return 1;
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    return (int)sum;
}
