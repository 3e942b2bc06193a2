// Uses up one resource, says what the refusal was, then crashes: exhaust RESOURCE
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile int witness = 4711;

static void crash(void)
{
    *(volatile int *)8 = witness;
}

static void descriptors(void)
{
    struct rlimit all;
    getrlimit(RLIMIT_NOFILE, &all);
    all.rlim_cur = all.rlim_max;
    setrlimit(RLIMIT_NOFILE, &all);
    long n = 0;
    while (eventfd(0, 0) >= 0) n++;
    printf("descriptors: %s after %s\n", strerrorname_np(errno), n > 1000 ? "many" : "few");
    errno = 0;
    int other = socket(AF_INET, SOCK_STREAM, 0);
    printf("a socket: %d %s\n", other, strerrorname_np(errno));
}

static void memory(void)
{
    size_t piece = 1UL << 30;
    long n = 0;
    while (mmap(0, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED && n < 1L << 20) n++;
    printf("memory: %s after %s\n", strerrorname_np(errno), n > 4 ? "much" : "little");
    errno = 0;
    while (malloc(1 << 20)) ;
    printf("malloc: %s\n", strerrorname_np(errno));
}

static void *waits(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return 0;
}

static void threads(void)
{
    static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&gate);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    long n = 0;
    int error;
    pthread_t t;
    while (!(error = pthread_create(&t, &small, waits, &gate)) && n < 100000) n++;
    printf("threads: %s after %s\n", strerrorname_np(error), n >= 900 ? "many" : "few");
}

static void messages(void)
{
    static char line[4096];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (int i = 0; i < 25000; i++) {
        if (write(2, line, sizeof line) < 0) { printf("stderr: %s\n", strerrorname_np(errno)); break; }
    }
    printf("wrote\n");
}

static void scribble(void)
{
    /* every page that this program may write, but for the one below the stack pointer */
    FILE *maps = fopen("/proc/self/maps", "r");
    char text[400];
    unsigned long from[200], to[200];
    int n = 0;
    while (fgets(text, sizeof text, maps) && n < 200) {
        char mode[8];
        if (sscanf(text, "%lx-%lx %7s", &from[n], &to[n], mode) == 3 && mode[1] == 'w' && !strstr(text, "[stack]")) n++;
    }
    fclose(maps);
    printf("%s\n", n > 2 ? "scribbles" : "finds nothing to scribble on");
    fflush(stdout);
    for (int i = 0; i < n; i++)
        for (volatile char *p = (char *)from[i]; p < (char *)to[i]; p++)
            if (p < (char *)&witness || p >= (char *)(&witness + 1)) *p = 0xa5;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    printf("witness at %p\n", (void *)&witness);
    switch (argc > 1 ? *argv[1] : 0) {
    case 'd': descriptors(); break;
    case 'm': memory(); break;
    case 't': threads(); break;
    case 'e': messages(); break;
    case 's': scribble(); break;
    default: return 2;
    }
    fflush(stdout);
    crash();
}
