/* Thread-local variables of the program and of libraries, each with its address as the program finds it. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef LIBRARIES
#include <dlfcn.h>
extern __thread int linked;
#endif

__thread int own = 7;
__thread char padding[40];
__thread long zero;
static pthread_barrier_t both;

void reached(void) {
}

static void *worker(void *argument) {
    int *own_at = &own;
    long *zero_at = &zero;
    own = 100 + (int) (long) argument;
    zero = 5;
    padding[0] = 1;
#ifdef LIBRARIES
    int *linked_at = &linked;
    linked = 200 + (int) (long) argument;
    void *library = dlopen(getenv("LATE"), RTLD_NOW);
    int *late_at = 0;
    if (argument) {
        late_at = ((int *(*) (void) ) dlsym(library, "late_address"))();
        *late_at = 300;
    }
#endif
    pthread_barrier_wait(&both);
    if (argument) {
        reached();
    }
    pthread_barrier_wait(&both);
    return 0;
}

static void on_signal(int number, siginfo_t *info, void *context) {
    printf("signal %d code %d value %d\n", number, info->si_code, info->si_value.sival_int);
    fflush(stdout);
}

int main(void) {
    pthread_t thread;
    struct sigaction action = {0};
    union sigval value = {5};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, 0);
    pthread_barrier_init(&both, 0, 2);
    pthread_create(&thread, 0, worker, (void *) 1);
    worker(0);
    pthread_join(thread, 0);
    sigqueue(getpid(), SIGUSR1, value);
    return 0;
}
