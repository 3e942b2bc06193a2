static volatile int stop;

static int spin(void) {
    int turns = 0;
    while (!stop)
        turns++; // spins
    return turns > 0;
}

int main(void) {
    return spin() ? 0 : 1;
}
