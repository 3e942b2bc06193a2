/* Instructions of AVX-512, as the C library's string functions have them; they are looked at and never run. */
int looked_at(void) {
  __asm__ volatile("vpxorq %xmm16, %xmm16, %xmm16\n\t"
                   "vpcmpb $0, (%rdi), %ymm16, %k0\n\t"
                   "kmovd %k0, %eax\n\t"
                   "vpminub 32(%rdi), %ymm17, %ymm18\n\t"
                   "vpternlogd $0x25, %zmm16, %zmm17, %zmm18{%k1}{z}\n\t"
                   "vpcmpeqb 0x80(%rdi, %rcx, 4), %zmm16, %k1\n\t"
                   "vpscatterdd %zmm2, 4(%rsi, %zmm1, 8){%k2}\n\t"
                   "vpdpbusd %zmm3, %zmm4, %zmm5\n\t"
                   "vaddph %zmm1, %zmm2, %zmm3\n\t"
                   "tzcntl %eax, %eax");
  return 0;
}

int main(void) {
  return 0;
}
