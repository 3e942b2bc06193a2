#include "say.h"
#include <pthread.h>

/* A program with threads that forks. */

static volatile int stop;
static volatile long counters[3];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *busy(void *number)
{
    while (!stop) {
        pthread_mutex_lock(&lock);
        counters[(long)number]++;
        pthread_mutex_unlock(&lock);
        usleep(100);
    }
    return 0;
}

static void *sleeper(void *pipe)
{
    char byte;
    read(*(int *)pipe, &byte, 1);
    return 0;
}

static __thread int own = 5;

static void *forker(void *unused)
{
    own = 6;
    int status, good = 0;
    for (int i = 0; i < 5; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(own + i);
        good += waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 6 + i;
    }
    return (void *)(long)good;
}

int main(void)
{
    pthread_t threads[6];
    int line[2], status;
    void *result;
    pipe(line);
    for (long i = 0; i < 3; i++) pthread_create(&threads[i], 0, busy, (void *)i);
    pthread_create(&threads[3], 0, sleeper, line);
    for (int i = 0; i < 5; i++) {
        pthread_mutex_lock(&lock);
        pid_t pid = fork();
        if (pid == 0) {
            pthread_mutex_unlock(&lock);
            long before = counters[0];
            usleep(20000);
            pthread_t more;
            int made = pthread_create(&more, 0, sleeper, line);
            _exit(before == counters[0] && made == 0 ? 21 : 22);
        }
        pthread_mutex_unlock(&lock);
        waitpid(pid, &status, 0);
        show_end("alone in the child", status);
    }
    pthread_create(&threads[4], 0, forker, 0);
    pthread_create(&threads[5], 0, forker, 0);
    pthread_join(threads[4], &result);
    SHOW("good %ld", (long)result);
    pthread_join(threads[5], &result);
    SHOW("good %ld", (long)result);
    long before = counters[1];
    for (int i = 0; i < 500 && counters[1] == before; i++) usleep(10000);
    SHOW("the others run on %d", counters[1] > before);
    write(line[1], "x", 1);
    pthread_join(threads[3], 0);
    stop = 1;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], 0);
    return 0;
}
