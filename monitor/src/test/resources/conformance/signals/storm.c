// builds: glibc-dynamic
/* 6,000 queued signals to 32 threads that compute, sleep, lock and wait: none is lost, none overtakes another. */
#include "say.h"
#include <pthread.h>
#include <semaphore.h>

enum { THREADS = 32, EACH = 160, FROM_CHILD = 1000 };
static int tids[THREADS];
static long seen[THREADS], expected[THREADS], disorder, from_child, work;
static volatile int stop;
static sem_t ready;
static __thread int me;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void on(int s, siginfo_t *i, void *c)
{
    if (s == 41) {
        __atomic_add_fetch(&from_child, 1, __ATOMIC_SEQ_CST);
        return;
    }
    seen[me]++;
    if (i->si_value.sival_int != expected[me]) disorder++;
    expected[me] = i->si_value.sival_int + 1;
}

static void *run(void *a)
{
    me = (long)a;
    tids[me] = syscall(SYS_gettid);
    sem_post(&ready);
    volatile unsigned spin = 0;
    struct timespec t;
    while (!stop) {
        switch (me % 4) {
        case 0: spin++; break;
        case 1: usleep(300); break;
        case 2:
            pthread_mutex_lock(&mutex);
            work++;
            pthread_cond_signal(&cond);
            pthread_mutex_unlock(&mutex);
            break;
        case 3:
            pthread_mutex_lock(&mutex);
            clock_gettime(CLOCK_REALTIME, &t);
            t.tv_nsec += 1000000;
            if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
            pthread_cond_timedwait(&cond, &mutex, &t);
            pthread_mutex_unlock(&mutex);
        }
    }
    return 0;
}

static void *sender(void *a)
{
    for (int n = 0; n < EACH; n++)
        for (long t = (long)a; t < THREADS; t += 4) {
            siginfo_t i = {.si_code = SI_QUEUE};
            i.si_value.sival_int = n;
            while (syscall(SYS_rt_tgsigqueueinfo, getpid(), tids[t], 40, &i)) usleep(100);
        }
    return 0;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(40, &a, 0), sigaction(41, &a, 0);
    sem_init(&ready, 0, 0);
    pthread_t t[THREADS], s[4];
    for (long i = 0; i < THREADS; i++) pthread_create(&t[i], 0, run, (void *)i);
    for (int i = 0; i < THREADS; i++) while (sem_wait(&ready)) {}
    pid_t child = fork();
    if (child == 0) {
        for (int n = 0; n < FROM_CHILD; n++) while (sigqueue(getppid(), 41, (union sigval){.sival_int = n})) usleep(200);
        _exit(0);
    }
    for (long i = 0; i < 4; i++) pthread_create(&s[i], 0, sender, (void *)i);
    for (int i = 0; i < 4; i++) pthread_join(s[i], 0);
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    long sum = 0;
    for (int patience = 0; patience < 10000 && (sum < THREADS * EACH || from_child < FROM_CHILD); patience++) {
        usleep(2000);
        sum = 0;
        for (int i = 0; i < THREADS; i++) sum += seen[i];
    }
    stop = 1;
    pthread_cond_broadcast(&cond);
    for (int i = 0; i < THREADS; i++) pthread_join(t[i], 0);
    SHOW("sent %d seen %ld in disorder %ld, from the child %ld", THREADS * EACH, sum, disorder, from_child);
    return 0;
}
