/* Stacks that the program has written over, as far as the argument says, or tied to a loop. */
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static void smash(char *where, int bytes) {
    memset(where, 'A', bytes);
    *(volatile int *)0 = bytes;
}

__attribute__((noinline)) static int victim(int bytes) {
    char room[16];
    smash(room, bytes);
    return room[3];
}

__attribute__((noinline)) static int loops(void) {
    void **frame = __builtin_frame_address(0);
    frame[0] = frame;
    *(volatile int *)0 = 1;
    return 1;
}

__attribute__((noinline)) static int chooses(int bytes) {
    volatile int kept = bytes;
    return (bytes == 0 ? loops() : victim(bytes)) + kept;
}

int main(int count, char **words) {
    return chooses(atoi(words[count - 1]));
}
