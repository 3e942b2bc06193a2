/* Maps one of each kind, says where, and ends as the argument says: abort, two crashes at once, or not before input. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES (1 << 16)

static char *map(const char *name, int flags, int file, char mark) {
    char *at = mmap(0, BYTES, PROT_READ | PROT_WRITE, flags, file, 0);
    if (at == MAP_FAILED) exit(3);
    if (mark) at[5000] = mark;
    printf("%s %lx\n", name, (long)at);
    return at;
}

static pthread_barrier_t both;

static void *crash(void *unused) {
    pthread_barrier_wait(&both);
    *(volatile int *)0 = 1;
    return unused;
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "abort";
    int file = open("mapped", O_RDWR | O_CREAT | O_TRUNC, 0600);
    int program = open("/proc/self/exe", O_RDONLY);
    if (file < 0 || program < 0 || ftruncate(file, BYTES)) return 2;
    for (int at = 0; at < BYTES; at += 4096) pwrite(file, "file", 4, at);
    map("anonymous-private", MAP_PRIVATE | MAP_ANONYMOUS, -1, 'a');
    map("anonymous-shared", MAP_SHARED | MAP_ANONYMOUS, -1, 'b');
    map("file-private", MAP_PRIVATE, file, 0);
    map("file-written", MAP_PRIVATE, file, 'd');
    map("file-shared", MAP_SHARED, file, 'e');
    map("elf", MAP_PRIVATE, program, 0);
    madvise(map("not-dumped", MAP_PRIVATE | MAP_ANONYMOUS, -1, 'g'), BYTES, MADV_DONTDUMP);
    if (argc > 2) {
        int filter = open("/proc/self/coredump_filter", O_WRONLY);
        if (write(filter, argv[2], strlen(argv[2])) < 0) perror("filter");
    }
    fflush(stdout);
    if (!strcmp(how, "two")) {
        pthread_t threads[2];
        pthread_barrier_init(&both, 0, 2);
        for (int i = 0; i < 2; i++) pthread_create(threads + i, 0, crash, 0);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
    }
    if (!strcmp(how, "fork")) {
        pid_t child = fork();
        if (child) {
            int status;
            waitpid(child, &status, 0);
            printf("child %d %d\n", child, WTERMSIG(status));
            fflush(stdout);
        }
    }
    if (!strcmp(how, "read")) {
        getchar();
        return 0;
    }
    abort();
}
