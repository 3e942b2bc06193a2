/* Each thread has its own values in the executable, in a library that it is linked with, and in ones loaded late. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

extern int *near_place(void);
__thread int own = 31;
static __thread struct { char pad[100]; _Alignas(64) double real; } wide = {"", 2.5};
__thread int zero;
static pthread_barrier_t all, used;
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
typedef int *place(void);
static place *late_place, *later_place;

static void *worker(void *number) {
    long n = (long) number;
    own += n;
    wide.real *= n;
    zero = -n;
    *near_place() += n;
    pthread_mutex_lock(&loading);
    pthread_mutex_unlock(&loading);
    if (late_place && n == 1) *late_place() += n;
    pthread_barrier_wait(&used);
    errno = 40 + n;
    pthread_barrier_wait(&all);
    for (;;) pause();
    return NULL;
}

static place *load(const char *library, const char *name, void **handle) {
    *handle = dlopen(library, RTLD_NOW);
    return *handle ? (place *) dlsym(*handle, name) : NULL;
}

/* arguments: a library that stays, one that goes after the first thread has used it, one that comes after that */
int main(int argc, char **argv) {
    pthread_t thread;
    void *handle;
    pthread_barrier_init(&all, NULL, 3);
    pthread_barrier_init(&used, NULL, 3);
    pthread_mutex_lock(&loading);
    pthread_create(&thread, NULL, worker, (void *) 1L);
    if (argc > 1) late_place = load(argv[1], "late_place", &handle);
    pthread_create(&thread, NULL, worker, (void *) 2L);
    pthread_mutex_unlock(&loading);
    pthread_barrier_wait(&used);
    if (argc > 2) {
        dlclose(handle);
        later_place = load(argv[2], "later_place", &handle);
        *later_place() += 5;
    }
    own = 1000;
    errno = 7;
    pthread_barrier_wait(&all);
    usleep(100000);
    *(volatile int *) 8 = 1; /* the crash */
    return 0;
}
