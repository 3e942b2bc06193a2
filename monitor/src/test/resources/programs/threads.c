#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#define COUNT 64
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static long sum;
static int here;
static long tids[COUNT];
static __thread long mine;
static void *work(void *argument) {
    long index = (long)argument;
    mine = index;
    tids[index] = syscall(SYS_gettid);
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        sum += mine & 1;
        pthread_mutex_unlock(&mutex);
    }
    pthread_mutex_lock(&mutex);
    if (++here == COUNT) pthread_cond_broadcast(&all_here);
    while (here < COUNT) pthread_cond_wait(&all_here, &mutex);
    pthread_mutex_unlock(&mutex);
    pthread_barrier_wait(&barrier);
    return (void *)(mine * 2);
}
static void *robust_owner(void *m) {
    pthread_mutex_lock(m);
    return 0;
}
int main(void) {
    pthread_t threads[COUNT];
    pthread_barrier_init(&barrier, 0, COUNT);
    for (int round = 0; round < 2; round++) { /* the second round runs on virtual CPUs that were used before */
        sum = here = 0;
        for (long i = 0; i < COUNT; i++)
            if (pthread_create(&threads[i], 0, work, (void *)i)) return 1;
        long results = 0;
        for (int i = 0; i < COUNT; i++) {
            void *result;
            pthread_join(threads[i], &result);
            results += (long)result;
        }
        int unique = 1;
        for (int i = 0; i < COUNT; i++)
            for (int k = 0; k < i; k++) unique &= tids[i] != tids[k];
        printf("sum %ld results %ld unique %d\n", sum, results, unique);
    }
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_t robust;
    pthread_mutex_init(&robust, &attributes);
    pthread_create(&threads[0], 0, robust_owner, &robust);
    pthread_join(threads[0], 0);
    printf("owner died %d\n", pthread_mutex_lock(&robust) == EOWNERDEAD);
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_nsec += 50000000;
    if (end.tv_nsec >= 1000000000) end.tv_sec++, end.tv_nsec -= 1000000000;
    pthread_mutex_lock(&mutex);
    printf("timed out %d\n", pthread_cond_timedwait(&all_here, &mutex, &end) == ETIMEDOUT);
    return 0;
}
