/* Memory: "touch" prints nanoseconds per 4 KiB of anonymous memory touched for the first time, "touch 4k" the same
   without large pages; "rest" prints its own resident kilobytes and waits to be ended. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };
static const long BYTES = 256L << 20;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static int touch(void)
{
    double sum = 0;
    int rounds = 4;
    for (int round = 0; round <= rounds; round++) {
        char *memory = mmap(0, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) return 1;
        double start = now();
        for (long i = 0; i < BYTES; i += PAGE) memory[i] = 1;
        if (round > 0) sum += now() - start; /* the first one also pays for memory that the host never had before */
        munmap(memory, BYTES);
    }
    printf("%.1f\n", sum / rounds / (BYTES / PAGE));
    return 0;
}

static int rest(void)
{
    FILE *rollup = fopen("/proc/self/smaps_rollup", "r");
    char line[200];
    long resident = -1;
    while (rollup && fgets(line, sizeof line, rollup)) sscanf(line, "Rss: %ld", &resident);
    printf("%ld\n", resident);
    fflush(stdout);
    pause();
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    if (!strcmp(argv[1], "rest")) return rest();
    if (argc > 2 && prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)) return 3;
    return touch();
}
