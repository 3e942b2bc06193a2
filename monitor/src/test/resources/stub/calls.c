// Calls of both kinds, with labels to stop at: a step over one ends right behind it.
#include <unistd.h>
#include <sys/syscall.h>

static unsigned long block[7];
unsigned long answered, pid;

int main(void) {
    pid = getpid();
    for (int i = 0; i < 40; i++) {
        __asm__ volatile("mov $39, %%eax\n"
                         "before_syscall: syscall\n"
                         "behind_syscall: nop\n"
                         "mov %%rax, answered\n" ::
                             : "rax", "rcx", "r11", "memory");
    }
    for (int i = 0; i < 3; i++) {
        __asm__ volatile("mov $block, %%rax\n"
                         "mov %%rax, %%gs:0\n"
                         "mov $0x8027, %%edx\n"
                         "before_out: outl %%eax, %%dx\n"
                         "behind_out: nop\n" ::
                             : "rax", "rdx", "memory");
    }
    return answered == pid && block[0] == pid ? 9 : 1;
}
