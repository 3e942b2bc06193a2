static int crash(int core) {
    return core + *(volatile int *)0;
}

int main(void) {
    return crash(7);
}
