/* May write no file of more than a page, before and behind a stop. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
char page[8192] = {1};

void reached(void) {
}

int main(void) {
    struct rlimit limit = {4096, 4096};
    FILE *file = tmpfile();
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    reached();
    printf("written %zd\n", write(fileno(file), page, sizeof page));
    return 0;
}
