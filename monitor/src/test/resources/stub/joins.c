// One thread after the other, each ends before the next begins.

#include <pthread.h>

static void *nothing(void *unused) {
    return unused;
}

int main(void) {
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        pthread_create(&thread, 0, nothing, 0);
        pthread_join(thread, 0);
    }
    return 7;
}
