/* Becomes itself anew while other threads run into a breakpoint; with "two", two threads want to at once; with
   "fork", another forks meanwhile; with "crash", another crashes. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **arguments;
static char left[20];
static pthread_barrier_t start;
volatile long met;

void meet(void) {
    __sync_fetch_and_add(&met, 1);
}

static void *meeter(void *argument) {
    pthread_barrier_wait(&start);
    for (;;) {
        meet();
    }
    return argument;
}

static void *again(void *argument) {
    char *const words[] = {arguments[0], left, arguments[2], 0};
    pthread_barrier_wait(&start);
    while (met < 2) {
    }
    while (argument && !strcmp(argument, "fork")) {
        if (!fork()) {
            _exit(0);
        }
    }
    if (argument && !strcmp(argument, "crash")) {
        *(volatile int *) 16 = 1;
    }
    execv("/proc/self/exe", words);
    return argument;
}

int main(int argc, char **argv) {
    pthread_t threads[3];
    int two = strcmp(argv[2], "one") != 0;
    int number = atoi(argv[1]);
    if (!number) {
        puts("done");
        return 5;
    }
    arguments = argv;
    sprintf(left, "%d", number - 1);
    pthread_barrier_init(&start, 0, 3 + two);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], 0, meeter, 0);
    }
    if (two) {
        pthread_create(&threads[2], 0, again, argv[2]);
    }
    again(0);
    return 1;
}
