// Descriptors of every kind, and a thread in each of several calls.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *fifo;
static int ends[2];
static pthread_barrier_t barrier;

static void *reader(void *unused) {
    char c;
    pthread_barrier_wait(&barrier);
    return (void *)read(ends[0], &c, 1) + (unused != 0);
}

static void *opener(void *unused) {
    pthread_barrier_wait(&barrier);
    open(fifo, O_RDONLY);
    return unused;
}

static void *locker(void *mutex) {
    pthread_barrier_wait(&barrier);
    pthread_mutex_lock(mutex);
    return mutex;
}

static int all_sleep_but_one(void) {
    DIR *tasks = opendir("/proc/self/task");
    int awake = 0;
    for (struct dirent *task; (task = readdir(tasks));) {
        char file[300], text[512];
        if (task->d_name[0] == '.') continue;
        snprintf(file, sizeof file, "/proc/self/task/%s/stat", task->d_name);
        FILE *stat = fopen(file, "r");
        if (stat && fgets(text, sizeof text, stat)) awake += strncmp(strrchr(text, ')'), ") S", 3) != 0;
        if (stat) fclose(stat);
    }
    closedir(tasks);
    return awake == 1;
}

static int crash(volatile int *at) {
    return *at; // crashes
}

int main(int argc, char **argv) {
    int pair[2];
    pthread_t threads[3];
    pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
    if (argc < 4) return 9;
    closefrom(3);
    fifo = argv[1];
    if (pipe2(ends, O_CLOEXEC)) return 8;
    lseek(open(argv[2], O_RDONLY), 100, SEEK_SET);
    open(argv[3], O_WRONLY | O_APPEND | O_CREAT, 0600);
    epoll_create1(0);
    eventfd(3, EFD_NONBLOCK);
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    pthread_barrier_init(&barrier, NULL, 4);
    pthread_mutex_lock(&held);
    pthread_create(&threads[0], NULL, reader, NULL);
    pthread_create(&threads[1], NULL, opener, NULL);
    pthread_create(&threads[2], NULL, locker, &held);
    pthread_barrier_wait(&barrier);
    for (int looks = 0; looks < 3; looks = all_sleep_but_one() ? looks + 1 : 0) usleep(5000);
    return crash(NULL);
}
