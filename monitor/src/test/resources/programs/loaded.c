// Tells how it was loaded. Every auxiliary value that must be the same natively is shown as it is.
#ifndef ALIGN
#define ALIGN 4096
#endif
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

extern char __executable_start;
static __thread int local = 7;

int main(int argc, char **argv, char **envp) {
    unsigned long *word = (unsigned long *)envp;
    while (*word) word++;
    for (Elf64_auxv_t *aux = (Elf64_auxv_t *)(word + 1);; aux++) {
        switch (aux->a_type) {
        case AT_SYSINFO_EHDR: case AT_PHDR: case AT_BASE: case AT_ENTRY: case AT_RANDOM:
            printf("%ld %s\n", aux->a_type, aux->a_un.a_val ? "set" : "0");
            break;
        case AT_EXECFN: case AT_PLATFORM:
            printf("%ld %s\n", aux->a_type, (char *)aux->a_un.a_val);
            break;
        default:
            printf("%ld %lx\n", aux->a_type, aux->a_un.a_val);
        }
        if (aux->a_type == AT_NULL) break;
    }
    printf("argc %d, stack pointer aligned %d\n", argc, (int)((unsigned long)(word) % 8));
    for (int i = 0; i < argc; i++) printf("[%s]", argv[i]);
    printf("\nplace %lx, local %d\n", (unsigned long)&__executable_start % ALIGN, local);
    char line[512];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps)) {
        if (strstr(line, "[stack]")) printf("stack %.4s\n", strchr(line, ' ') + 1);
    }
    return 3;
}
