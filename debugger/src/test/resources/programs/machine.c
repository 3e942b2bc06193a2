/* A program for a bare machine: multiboot, 32 to 64 bit, one page table. Ends through QEMU's debug exit device. */
struct point {
    int x;
    int y;
};

static volatile int spinning;
static int total;

static int square(int n) {
    int r = n * n; // in square
    return r;
}

static int spin(int limit) {
    int turns = 0;
    while (spinning) {
        turns++; // spins
    }
    return turns + limit;
}

void kernel_main(void) {
    struct point p = {3, 4}; // first line
    int a = square(p.x); // calls square
    for (int i = 0; i < 4; i++) {
        total += i; // in loop
    }
    spinning = 1;
    a += spin(1); // calls spin
    total += a; // behind spin
    __asm__ volatile("outl %0, %1" : : "a"(total), "Nd"((unsigned short)0xf4)); // leaves
    for (;;)
        __asm__ volatile("hlt");
}

