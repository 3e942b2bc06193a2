/* Takes descriptors, threads, memory or stderr until there is no more, tells how that was refused, then crashes. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *arg) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return arg;
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    long taken = 0;
    int error = 0;
    if (!strcmp(what, "descriptors")) {
        while (open("/dev/null", O_RDONLY) >= 0) taken++;
        error = errno;
    } else if (!strcmp(what, "threads")) {
        pthread_attr_t small;
        pthread_t thread;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 65536);
        pthread_mutex_lock(&gate);
        while (taken < 100000 && !(error = pthread_create(&thread, &small, wait_at_gate, 0))) taken++;
        if (argc > 2) pthread_mutex_unlock(&gate);
    } else if (!strcmp(what, "memory")) {
        while (mmap(0, 1L << 36, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED) {
            taken++;
        }
        error = errno;
    } else if (!strcmp(what, "stderr")) {
        static char line[4096];
        memset(line, 'x', sizeof line - 1);
        for (; taken < 5000; taken++) fputs(line, stderr);
    }
    printf("%s %s: %s\n", what, taken > 10 ? "many" : "few", error ? strerror(error) : "no error");
    fflush(stdout);
    *(volatile int *) 16 = 1;
}
