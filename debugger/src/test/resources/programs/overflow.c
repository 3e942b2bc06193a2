static volatile int depth;

static int deeper(int n) {
    char room[256];
    room[n & 255] = (char)n;
    depth = n;
    return deeper(n + 1) + room[(n + 1) & 255]; // deeper
}

int main(void) {
    return deeper(0);
}
