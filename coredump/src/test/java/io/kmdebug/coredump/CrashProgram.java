package io.kmdebug.coredump;

/** C sources of programs that crash with a state that is known. */
final class CrashProgram {
    /** Two workers that wait with marks in their registers, then a store to address 0x1230 in main. */
    static final String THREADS = """
            #include <pthread.h>
            #include <stdio.h>
            #include <unistd.h>
            static pthread_barrier_t ready;
            char mark[] = "find me in the core";
            char zeroes[3 * 65536];
            static void *work(void *mine) {
                long number = (long) mine;
                double local = number * 1.5;
                pthread_barrier_wait(&ready);
                __asm__ volatile("movq %0, %%xmm9\\n\\t movq %1, %%r12\\n\\t 1: pause\\n\\t jmp 1b"
                                 : : "x"(local), "r"(number * 0x1111) : "xmm9", "r12");
                return mine;
            }
            int main(void) {
                pthread_t a, b;
                pthread_barrier_init(&ready, 0, 3);
                pthread_create(&a, 0, work, (void *) 7);
                pthread_create(&b, 0, work, (void *) 8);
                pthread_barrier_wait(&ready);
                usleep(50000);
                zeroes[70000] = 'z';
                float v[4] = {1.5f, 2.5f, 3.5f, 4.5f};
                __asm__ volatile("movups (%0), %%xmm5\\n\\t movl $0x1230, %%ebx\\n\\t movb $1, (%%rbx)"
                                 : : "r"(v) : "xmm5", "rbx", "memory");
                return 0;
            }
            """;

    private CrashProgram() {}
}
