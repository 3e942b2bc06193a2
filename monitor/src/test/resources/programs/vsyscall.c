#include <stdio.h>
#include <time.h>
int main(void) {
    time_t (*legacy)(time_t *) = (void *)0xffffffffff600400;
    time_t one = legacy(0), two = time(0);
    printf("%d\n", one >= two - 1 && one <= two + 1);
    return 0;
}
