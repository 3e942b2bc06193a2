/* Touches a megabyte every 20 ms, 64 of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    int kept = 0;
    char *all[64];
    for (int i = 0; i < 64; i++) {
        all[i] = malloc(1 << 20);
        memset(all[i], i + 1, 1 << 20);
        usleep(20000);
    }
    for (int i = 0; i < 64; i++) kept += all[i][i * 1000] == (char)(i + 1);
    printf("grown %d\n", kept);
    return 0;
}
