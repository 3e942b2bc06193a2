/* RLIMIT_NPROC: for a user of its own where there is the right to become one, else the limit that leaves nothing. */
#include "say.h"
#include <grp.h>
#include <pthread.h>
#include <sys/resource.h>

static void limit(rlim_t soft, rlim_t hard)
{
    struct rlimit wanted = {soft, hard};
    SAY(setrlimit(RLIMIT_NPROC, &wanted));
}

static pthread_barrier_t over;
static void *wait_for_it(void *unused) { pthread_barrier_wait(&over); return 0; }

static void make(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) _exit(7);
    if (child < 0) SHOW("fork: %s", error_name(errno));
    else waitpid(child, &status, 0), SHOW("fork: %d", WEXITSTATUS(status));
    child = vfork();
    if (child == 0) _exit(8);
    if (child < 0) SHOW("vfork: %s", error_name(errno));
    else waitpid(child, &status, 0), SHOW("vfork: %d", WEXITSTATUS(status));
}

static void threads(int most)
{
    pthread_t made[8];
    int n = 0, error = 0;
    pthread_barrier_init(&over, 0, most + 1);
    while (n < most && !(error = pthread_create(&made[n], 0, wait_for_it, 0))) n++;
    SHOW("%d threads, %s", n, error ? error_name(error) : "no error");
    if (error) make();
    /* those that there are no threads for come themselves */
    pthread_t rest[8];
    limit(1000, 2000);
    for (int i = n; i < most; i++) pthread_create(&rest[i], 0, wait_for_it, 0);
    pthread_barrier_wait(&over);
    for (int i = 0; i < n; i++) pthread_join(made[i], 0);
    for (int i = n; i < most; i++) pthread_join(rest[i], 0);
}

int main(int argc, char **argv)
{
    int root = getuid() == 0;
    limit(0, 2000);
    if (root) {
        make();
        SAY(setgroups(0, 0));
        SAY(setgid(61234));
        SAY(setuid(61234));
    }
    make();
    threads(0);
    limit(1, 2000);
    make();
    if (root) {
        limit(4, 2000);
        threads(6);
        limit(8, 2000);
        threads(6);
    }
    limit(3000, 3000);
    return 0;
}
