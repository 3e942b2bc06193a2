/* What a program finds at its start: arguments, environment, auxiliary vector. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
extern char **environ;
int main(int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        printf("argv[%d]=", i);
        for (unsigned char *c = (unsigned char *)argv[i]; *c; c++) printf(*c < 127 ? "%c" : "\\x%02x", *c);
        printf("\n");
    }
    int count = 0;
    for (char **e = environ; *e; e++) count++;
    printf("KM_TEST=%s PATH is %s\n", getenv("KM_TEST"), getenv("PATH") ? "set" : "unset");
    static const int same[] = {AT_PAGESZ, AT_HWCAP, AT_HWCAP2, AT_CLKTCK, AT_PHENT, AT_PHNUM, AT_UID, AT_EUID,
                               AT_GID, AT_EGID, AT_SECURE, AT_FLAGS, AT_BASE, 51 /* AT_MINSIGSTKSZ */};
    for (unsigned i = 0; i < sizeof same / sizeof *same; i++) printf("auxv %d = %#lx\n", same[i], getauxval(same[i]));
    printf("platform %s\n", (char *)getauxval(AT_PLATFORM));
    printf("execfn %s\n", (char *)getauxval(AT_EXECFN));
    unsigned char zeros[16] = {0};
    printf("random %d\n", memcmp((void *)getauxval(AT_RANDOM), zeros, 16) != 0);
    printf("vdso %.3s\n", (char *)getauxval(AT_SYSINFO_EHDR) + 1);
    printf("stack aligned %d\n", ((unsigned long)__builtin_frame_address(0) & 15) == 0);
    printf("first thread %d\n", getpid() == syscall(SYS_gettid));
    return 0;
}
