#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (120L << 30)

char text[32] = "before";
static char *room;
static pthread_barrier_t barrier;
static _Thread_local int mine;

static void *waiter(void *arg) {
    mine = (int)(long)arg;
    pthread_barrier_wait(&barrier);
    pause();
    return arg;
}

static int reach(int depth) {
    if (depth > 0)
        return reach(depth - 1) + 1;
    return (int)strlen(text); // reached
}

int main(void) {
    pthread_t threads[2];
    room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return 9;
    strcpy(room + 4096 * 5, "near");
    strcpy(room + ROOM - 4096, "far");
    pthread_barrier_init(&barrier, NULL, 3);
    for (long i = 1; i <= 2; i++)
        pthread_create(&threads[i - 1], NULL, waiter, (void *)i);
    pthread_barrier_wait(&barrier);
    strcpy(text, "changed");
    return reach(2) == 9 ? 42 : 1; // ends
}
