/* Writes and reads beside and in places that a debugger watches. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
volatile int near = 5;
volatile int watched = 1;
volatile long long other = 3;
char buffer[64];
char big[10000];
volatile int sum;

static void *worker(void *argument) {
    for (int i = 0; i < 50; i++) {
        near++;
        __sync_fetch_and_add(&sum, 1);
    }
    return argument;
}

void same(void) {
    watched = watched;
}

void set(int value) {
    watched = value;
}

void look(void) {
    sum += watched;
}

int main(void) {
    pthread_t t[4];
    near = 6;
    same();
    set(2);
    look();
    for (int i = 0; i < 4; i++) {
        pthread_create(&t[i], 0, worker, 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], 0);
    }
    set(3);
    int p[2];
    pipe(p);
    write(p[1], "hello", 5);
    read(p[0], buffer + 3, 5);
    if (!vfork()) {
        other = 4;
        _exit(0);
    }
    memset(big + 5000, 7, 100);
    printf("sum %d %s\n", sum, buffer + 3);
    return 3;
}
