static volatile int sink;

static inline __attribute__((always_inline)) void note(int n) {
    sink = sink * 3 + n; // everywhere
}

__attribute__((noinline)) static void one(int n) {
    note(n);
}

__attribute__((noinline)) static void two(int n) {
    note(n + 1);
    one(n);
}

int main(int argc, char **argv) {
    (void)argv;
    note(argc);
    two(argc);
    return sink == 0;
}
