#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
    char folder[1024];
    if (argc > 1 && strcmp(argv[1], "env") == 0) {
        for (char **e = environ; *e; e++)
            puts(*e);
        return 0;
    }
    printf("out: %s|%s|\xc3\xa9", argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "");
    fflush(stdout);
    write(1, "\xe4\xb8", 2);
    usleep(20000);
    write(1, "\xad\n", 2);
    fprintf(stderr, "err: %s\n", getcwd(folder, sizeof folder));
    return 42;
}
