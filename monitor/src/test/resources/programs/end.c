/* Ends in the way that is asked for. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
static void *leave(void *status) {
    exit((int)(long)status);
}
static void *return_late(void *nothing) {
    usleep(50000);
    write(1, "late\n", 5);
    return 0;
}
int main(int argc, char **argv) {
    const char *how = argv[1];
    pthread_t thread;
    if (!strcmp(how, "status")) return atoi(argv[2]);
    if (!strcmp(how, "signal")) raise(atoi(argv[2]));
    if (!strcmp(how, "null")) return *(volatile int *)8;
    if (!strcmp(how, "overflow")) {
        volatile char frame[1 << 20];
        frame[0] = 1;
        main(argc, argv);
        return frame[0];
    }
    if (!strcmp(how, "thread")) {
        pthread_create(&thread, 0, leave, (void *)7);
        pause();
    }
    if (!strcmp(how, "main-first")) {
        pthread_create(&thread, 0, return_late, 0);
        syscall(SYS_exit, 4);
    }
    if (!strcmp(how, "spinning")) {
        pthread_create(&thread, 0, leave, (void *)9);
        for (;;) {}
    }
    if (!strcmp(how, "forever")) {
        write(1, "running\n", 8);
        for (;;) {}
    }
    if (!strcmp(how, "unknown-call")) {
        long result = syscall(400);
        return result == -1 ? 11 : 12;
    }
    return 99;
}
