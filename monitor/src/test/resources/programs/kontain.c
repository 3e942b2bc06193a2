// A program with Kontain's own system calls: out to port 0x8000 + n, the address of the arguments at gs:0. With -DNATIVE
// the same program makes them by SYSCALL, so that both outputs can be compared. No C library is used.
typedef unsigned long u64;

struct block {
    u64 result, arguments[6];
};

#define OUTL(at, number)                                                                          \
    __asm__ volatile("mov %0, %%gs:0\n\toutl %%eax, %%dx" ::"r"(at), "a"(0), "d"((short)(0x8000 + (number))) : "memory")

static long by_port(long n, long a, long b, long c, long d, long e, long f) {
    struct block block = {(u64)-1, {a, b, c, d, e, f}};
    OUTL(&block, n);
    return block.result;
}

static long by_syscall(long n, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#ifdef NATIVE
#define CALL by_syscall
#else
#define CALL by_port
#endif
#define call0(n) CALL(n, 0, 0, 0, 0, 0, 0)
#define call1(n, a) CALL(n, (long)(a), 0, 0, 0, 0, 0)
#define call2(n, a, b) CALL(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(n, a, b, c) CALL(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define call4(n, a, b, c, d) CALL(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static void say(const char *text) {
    long n = 0;
    while (text[n]) n++;
    call3(1, 1, text, n);
}

static void number(const char *name, long value) {
    char digits[32];
    int at = 31;
    int minus = value < 0;
    u64 left = minus ? -value : value;
    digits[at] = 0;
    do digits[--at] = '0' + left % 10;
    while (left /= 10);
    if (minus) digits[--at] = '-';
    say(name);
    say(" ");
    say(digits + at);
    say("\n");
}

static int same(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static volatile int shared, gone;
static char stacks[4][16384] __attribute__((aligned(16)));

static int child(void *argument) {
    __sync_fetch_and_add(&shared, (int)(long)argument);
    int tid = call0(186), pid = call0(39);
    if (tid == pid) __sync_fetch_and_add(&shared, 1000);
    return 0;
}

// As the clone of Kontain's C library: the arguments lie on the caller's stack, the child's answer on its own.
long start(int (*run)(void *), void *argument, long flags, void *stack, volatile void *parent_tid, void *tls, void *child_tid);
#ifdef NATIVE
__asm__("start: push %r12; mov %r9, %r11; mov %rdi, %r9; mov %rsi, %r12; mov %rdx, %rdi; mov %rcx, %rsi\n"
        "mov %r8, %rdx; mov 16(%rsp), %r10; mov %r11, %r8; push %r9; push %r12; and $-16, %rsi\n"
        "mov %r9, %rax; sub $16, %rsi; mov %rax, (%rsi); mov %r12, 8(%rsi)\n"
        "mov $56, %eax; syscall; test %eax, %eax; jnz 1f\n"
        "pop %r9; pop %rdi; call *%r9; mov %eax, %edi; mov $60, %eax; syscall; hlt\n"
        "1: pop %r12; pop %r9; pop %r12; ret");
#else
__asm__("start: and $-16, %rcx; mov 8(%rsp), %r10\n"
        "sub $8, %rsp; push %r9; push %r10; push %r8; push %rcx; push %rdx; sub $8, %rsp\n"
        "mov $0x8038, %edx; mov %rsp, %gs:0; outl %eax, %dx; mov 0(%rsp), %eax; add $56, %rsp\n"
        "test %eax, %eax; jnz 1f; mov %rdi, %r9; mov %rsi, %rdi; call *%r9\n"
        "sub $56, %rsp; mov %rsp, %gs:0; mov $0x803c, %edx; outl %eax, %dx; hlt\n1: ret");
#endif

static void threads(void) {
    static int tids[4];
    // VM FS FILES SIGHAND THREAD SYSVSEM PARENT_SETTID CHILD_CLEARTID
    long flags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x100000 | 0x200000;
    for (long i = 0; i < 4; i++) {
        tids[i] = -1;
        long made = start(child, (void *)(i + 1), flags, stacks[i] + sizeof stacks[i], &gone, 0, &tids[i]);
        if (made <= 0) number("no thread", made);
    }
    for (int i = 0; i < 4; i++) {
        for (int value; (value = *(volatile int *)&tids[i]) != 0;) call4(202, &tids[i], 0, value, 0);
    }
    number("threads added", shared);
}

struct action {
    void (*handler)(int);
    u64 flags;
    void (*restorer)(void);
    u64 mask;
};

void back(void);
#ifdef NATIVE
__asm__("back: mov $15, %eax; syscall");
#else
__asm__("back: sub $56, %rsp; mov %rsp, %gs:0; add $56, %rsp; mov $0x800f, %edx; outl %eax, %dx; hlt");
#endif

static volatile int handled;
static int ends[2];

static void handler(int signal) {
    handled += signal;
    if (signal == 14) call3(1, ends[1], "x", 1);
}

static void signals(void) {
    struct action action = {handler, 0x04000000 | 0x10000000, back, 0}; // SA_RESTORER | SA_RESTART
    number("sigaction", CALL(13, 10, (long)&action, 0, 8, 0, 0));
    number("sigaction", CALL(13, 14, (long)&action, 0, 8, 0, 0));
    number("kill", call2(62, call0(39), 10));
    number("handled", handled);
    // A read that a handler interrupts is made again and gets what the handler wrote.
    number("pipe", call1(22, ends));
    long timer[4] = {0, 0, 0, 20000};
    char c = 0;
    number("setitimer", call3(38, 0, timer, 0));
    number("read", call3(0, ends[0], &c, 1));
    number("got", c);
    // A sleep is not.
    action.flags &= ~0x10000000L;
    number("sigaction", CALL(13, 14, (long)&action, 0, 8, 0, 0));
    long rest[2] = {5, 0};
    number("setitimer", call3(38, 0, timer, 0));
    number("nanosleep", call2(35, rest, rest));
    number("whole seconds left", rest[0]);
    number("handled", handled);
}

int run(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    static char path[] = "/nothing/here";
    if (same(what, "")) {
        say("hello\n");
        number("pid is positive", call0(39) > 0);
        number("tid is pid", call0(186) == call0(39));
        number("open", call3(2, path, 0, 0));
        char *map = (char *)CALL(9, 0, 8192, 3, 0x22, -1, 0);
        map[8191] = 7;
        number("mapped", map[8191]);
        number("munmap", call2(11, map, 8192));
        number("bad address", call3(1, 1, 8, 1));
        threads();
        signals();
        return 5;
    }
#ifndef NATIVE
    struct block block = {0};
    if (same(what, "both")) {
        number("by port", by_port(39, 0, 0, 0, 0, 0, 0) == by_syscall(39, 0, 0, 0, 0, 0, 0));
        by_syscall(1, 1, (long)"by syscall\n", 11, 0, 0, 0);
        number("unknown by port", by_port(500, 0, 0, 0, 0, 0, 0));
        number("unknown by syscall", by_syscall(500, 0, 0, 0, 0, 0, 0));
        number("reserved", by_port(511, 0, 0, 0, 0, 0, 0));
        number("rseq", by_port(334, 0, 0, 0, 0, 0, 0));
        return 0;
    }
    if (same(what, "unmapself")) {
        char *map = (char *)CALL(9, 0, 65536, 3, 0x22, -1, 0);
        static volatile int tid;
        static long place[2];
        place[0] = (long)map;
        place[1] = 65536;
        tid = -1;
        int ender(void *);
        start(ender, place, 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000, map + 65536, 0, 0, (void *)&tid);
        for (int value; (value = tid) != 0;) call4(202, &tid, 0, value, 0);
        number("stack is gone", call3(26, map, 4096, 4));
        return 0;
    }
    if (same(what, "port")) OUTL(&block, 512);
    if (same(what, "width")) {
        __asm__ volatile("mov %0, %%gs:0; outb %%al, %%dx" ::"r"(&block), "a"(0), "d"((short)0x8027));
    }
    if (same(what, "word")) {
        __asm__ volatile("mov %0, %%gs:0; outw %%ax, %%dx" ::"r"(&block), "a"(0), "d"((short)0x8027));
    }
    if (same(what, "direction")) {
        __asm__ volatile("mov %0, %%gs:0; inl %%dx, %%eax" ::"r"(&block), "a"(0), "d"((short)0x8027));
    }
    if (same(what, "block")) OUTL(16, 39);
    if (same(what, "nowhere")) {
        __asm__ volatile("outl %%eax, %%dx" ::"a"(0), "d"((short)0x8027));
    }
    if (same(what, "low")) {
        __asm__ volatile("outl %%eax, %%dx" ::"a"(0), "d"((short)0x70));
    }
    if (same(what, "clock")) {
        // 0x77 is the port by which the monitor's own stub calls; it is nothing to the payload
        __asm__ volatile("out %%al, $0x77" ::"a"(0));
    }
    if (same(what, "unknown")) by_port(500, 0, 0, 0, 0, 0, 0);
    if (same(what, "read")) __asm__ volatile("mov %%gs:0, %%rax" ::: "rax");
#endif
    return 1;
}

#ifndef NATIVE
int ender(void *place) {
    by_port(506, ((long *)place)[0], ((long *)place)[1], 0, 0, 0, 0);
    say("not reached\n");
    return 0;
}
#endif

void begin(long *stack) {
    call1(231, run((int)stack[0], (char **)(stack + 1)));
}

__asm__(".global _start\n_start: mov %rsp, %rdi; and $-16, %rsp; call begin; hlt");
