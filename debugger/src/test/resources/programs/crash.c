#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct node {
    int value;
    struct node *next;
};

static pthread_barrier_t barrier;
static volatile int hold = 1;

static int walk(struct node *list, int depth) {
    if (depth == 3)
        return *(volatile int *)&list->next->next->value; // crashes
    return walk(list, depth + 1) + depth; // recursion
}

static void *waiter(void *arg) {
    long number = (long)arg;
    pthread_barrier_wait(&barrier);
    while (hold)
        usleep(1000 * (unsigned)number); // waits
    return NULL;
}

int main(void) {
    struct node last = {7, NULL};
    struct node first = {1, &last};
    pthread_t threads[2];
    pthread_barrier_init(&barrier, NULL, 3);
    for (long i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, waiter, (void *)(i + 1));
    pthread_barrier_wait(&barrier);
    printf("%d\n", walk(&first, 0)); // calls walk
    return 0;
}
