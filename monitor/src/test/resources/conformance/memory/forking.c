#include "say.h"
#include <sys/mman.h>
#define K 4096L
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static int child_status(int pid)
{
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int locked(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    int kilobytes = -1;
    while (f && fgets(line, sizeof line, f)) sscanf(line, "VmLck: %d", &kilobytes);
    if (f) fclose(f);
    return kilobytes;
}

static int deep(int n)
{
    volatile char page[3000];
    page[0] = n;
    return n ? deep(n - 1) + page[0] - page[0] : 0;
}

int main(int argc, char **argv)
{
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    ftruncate(file, 4 * K);
    char *private = mmap(0, 4 * K, RW, ANON, -1, 0);
    char *shared = mmap(0, 4 * K, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *mapped = mmap(0, 4 * K, RW, MAP_SHARED, file, 0);
    char *copied = mmap(0, 4 * K, RW, MAP_PRIVATE, file, 0);
    char *wiped = mmap(0, 4 * K, RW, ANON, -1, 0);
    char *left = mmap(0, 4 * K, RW, ANON, -1, 0);
    char *readable = mmap(0, 4 * K, RW, ANON, -1, 0);
    char *none = mmap(0, 4 * K, RW, ANON, -1, 0);
    char *huge = mmap(0, 1L << 40, RW, ANON | MAP_NORESERVE, -1, 0);
    char *large = mmap(0, 32L << 20, RW, ANON, -1, 0);
    char *twice = mremap(shared, 0, 4 * K, MREMAP_MAYMOVE);
    char *gone = mmap(0, K, RW, MAP_SHARED, file, 3 * K);
    private[0] = shared[0] = mapped[0] = copied[K] = wiped[0] = left[0] = readable[0] = none[0] = 'p';
    huge[1L << 39] = 'h';
    for (long i = 0; i < 32 << 20; i += 4096) large[i] = i >> 12;
    mprotect(readable, 4 * K, PROT_READ);
    mprotect(none, 4 * K, PROT_NONE);
    SAY(madvise(wiped, 4 * K, 18));
    SAY(madvise(left, 4 * K, 10));
    SAY(mlock(private, 2 * K));
    unlink(argv[1]);
    close(file);

    SHOW("-- the child's view");
    fflush(stdout);
    int pid = fork();
    if (pid == 0) {
        SHOW("%c %c %c %c wiped %d readable %c huge %c %d", private[0], shared[0], mapped[0], copied[K], wiped[0], readable[0], huge[1L << 39], huge[1L << 38]);
        long wrong = 0;
        for (long i = 0; i < 32 << 20; i += 4096) wrong += large[i] != (char)(i >> 12);
        SHOW("large %ld locked %d deep %d", wrong, locked(), deep(500));
        private[0] = copied[K] = 'c';
        shared[0] = mapped[0] = 'c';
        twice[1] = 't';
        gone[0] = 'g';
        mprotect(none, 4 * K, PROT_READ);
        SHOW("none %c", none[0]);
        char *mine = mmap(0, K, RW, ANON, -1, 0);
        mine[0] = 1;
        SAY(munmap(huge, 1L << 40));
        _exit(0);
    }
    SHOW("child %d", child_status(pid));
    SHOW("%c %c %c %c twice %c gone %c", private[0], shared[0], mapped[0], copied[K], shared[1], gone[0]);
    SHOW("still there %c locked %d", huge[1L << 39], locked());

    SHOW("-- what ends a child");
    char *places[] = {left, readable, none};
    for (int i = 0; i < 3; i++) {
        fflush(stdout);
        if (!(pid = fork())) {
            places[i][0] = 1;
            _exit(0);
        }
        SHOW("%d", child_status(pid));
    }
    return 0;
}
