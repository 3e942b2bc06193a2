/* A function that is called often, by one thread or by many. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct node {
    struct node *next;
    short small;
    unsigned int low : 3, high : 5;
    char name[8];
};

static struct node nodes[4] = {
    {&nodes[1], -1, 1, 17, "one"}, {&nodes[2], -2, 2, 18, "two"}, {&nodes[3], 300, 3, 19, "three"}, {0, 4, 4, 20, "four"}};
volatile long total;
unsigned char byte = 200;
int *nowhere;

void visit(long i, struct node *n) {
    __sync_fetch_and_add(&total, i);
}

static void *visitor(void *count) {
    for (long i = 0; i < (long) count; i++) {
        visit(i, &nodes[i % 4]);
    }
    return 0;
}

int main(int argc, char **argv) {
    pthread_t threads[16];
    int count = atoi(argv[1]);
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i], 0, visitor, (void *) atol(argv[2]));
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], 0);
    }
    printf("total %ld\n", total);
    return 0;
}
