/* A thousand places for breakpoints in a row. */
int main(void) {
    __asm__ volatile(".globl places\nplaces: .rept 1000\n nop\n .endr\n");
    return 6;
}
