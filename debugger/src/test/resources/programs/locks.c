// Threads that wait for mutexes of one another (mutex COUNT [errorcheck]), or for what never comes (condition).
#define _GNU_SOURCE
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t locks[3];
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t ready;
static int count;

static int others_sleep(void) {
    DIR *tasks = opendir("/proc/self/task");
    int asleep = 1;
    for (struct dirent *task; (task = readdir(tasks));) {
        char file[300], text[512];
        if (task->d_name[0] == '.' || atoi(task->d_name) == gettid()) continue;
        snprintf(file, sizeof file, "/proc/self/task/%s/stat", task->d_name);
        FILE *stat = fopen(file, "r");
        if (stat && fgets(text, sizeof text, stat)) asleep &= !strncmp(strrchr(text, ')'), ") S", 3);
        if (stat) fclose(stat);
    }
    closedir(tasks);
    return asleep;
}

static void *takes(void *number) {
    int own = (int) (long) number;
    pthread_mutex_lock(&locks[own]);
    pthread_barrier_wait(&ready);
    pthread_mutex_lock(&locks[(own + 1) % count]);
    return number;
}
static void *waits(void *number) {
    pthread_mutex_lock(&locks[0]);
    pthread_barrier_wait(&ready);
    pthread_cond_wait(&changed, &locks[0]);
    return number;
}
static void *joins(void *other) { pthread_join((pthread_t) other, NULL); return other; }

int main(int argc, char **argv) {
    pthread_t threads[4];
    pthread_mutexattr_t kind;
    sigset_t quit;
    sigemptyset(&quit); sigaddset(&quit, SIGQUIT); sigprocmask(SIG_UNBLOCK, &quit, NULL);
    pthread_mutexattr_init(&kind);
    if (argc > 3) pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    for (int i = 0; i < 3; i++) pthread_mutex_init(&locks[i], &kind);
    count = atoi(argv[2]);
    if (!strcmp(argv[1], "mutex")) {
        pthread_barrier_init(&ready, NULL, count);
        for (long i = 0; i < count; i++) pthread_create(&threads[i], NULL, takes, (void *) i);
    } else if (!strcmp(argv[1], "condition")) {
        pthread_barrier_init(&ready, NULL, 2);
        pthread_create(&threads[0], NULL, waits, NULL);
        pthread_barrier_wait(&ready);
        pthread_create(&threads[1], NULL, joins, (void *) threads[0]);
    }
    for (int looks = 0; looks < 3; looks = others_sleep() ? looks + 1 : 0) usleep(5000);
    kill(getpid(), SIGQUIT);
    return 1;
}
