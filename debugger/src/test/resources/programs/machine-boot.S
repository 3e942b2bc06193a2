# Of machine.c: enters 64-bit mode with the first gigabyte mapped as it is, then calls kernel_main.
    .text
    .code32
    .balign 4
header:
    .long 0x1badb002, 0x00010000, -(0x1badb002 + 0x00010000)
    .long header, __executable_start, edata, end, start
    .globl start
start:
    mov $stack_top, %esp
    mov $edata, %edi
    mov $end, %ecx
    sub %edi, %ecx
    xor %eax, %eax
    cld
    rep stosb
    mov $directory, %eax
    or $3, %eax
    mov %eax, pointers
    mov $pointers, %eax
    or $3, %eax
    mov %eax, level4
    xor %ecx, %ecx
1:  mov %ecx, %eax
    shl $21, %eax
    or $0x83, %eax
    mov %eax, directory(,%ecx,8)
    inc %ecx
    cmp $512, %ecx
    jne 1b
    mov $level4, %eax
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x620, %eax                 # physical address extension, SSE
    mov %eax, %cr4
    mov $0xc0000080, %ecx
    rdmsr
    or $0x100, %eax                 # long mode
    wrmsr
    mov %cr0, %eax
    or $0x80000000, %eax
    mov %eax, %cr0
    lgdt table
    ljmp $8, $long_mode
    .code64
long_mode:
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    call kernel_main
2:  hlt
    jmp 2b
    .balign 8
descriptors:
    .quad 0, 0x00209a0000000000
table:
    .word 15
    .long descriptors
    .section .bss
    .balign 4096
level4: .skip 4096
pointers: .skip 4096
directory: .skip 4096
    .skip 8192
stack_top:
    .section .note.GNU-stack, "", @progbits
