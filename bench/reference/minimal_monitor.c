/* The smallest monitor that can do what km does for one system call, as the yardstick of its exit path: a guest at CPL3
 * executes SYSCALL, a stub turns it into a port write that the TSS allows, the monitor answers and re-enters.
 *
 * minimal_monitor [COUNT]: prints the nanoseconds of one round trip, the mean of COUNT (default 20000). Needs /dev/kvm. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, PT = 0x4000, GDT = 0x5000, TSS = 0x6000, STUB = 0x8000, CODE = 0x9000, STACK_TOP = 0xb000, SIZE = 0x10000, PORT = 0x77 };

static void die(const char *what) {
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void put(uint8_t *memory, unsigned at, uint64_t value) { memcpy(memory + at, &value, 8); }

static void build(uint8_t *memory) {
  put(memory, PML4, PDPT | 7);
  put(memory, PDPT, PD | 7);
  put(memory, PD, PT | 7);
  for (unsigned i = 0; i < SIZE / 4096; i++) put(memory, PT + 8 * i, i * 4096 | 0x67);
  put(memory, GDT + 16, 0x00af9b000000ffff);
  put(memory, GDT + 24, 0x00cf93000000ffff);
  put(memory, GDT + 40, 0x00cff3000000ffff);
  put(memory, GDT + 48, 0x00affb000000ffff);
  put(memory, GDT + 64, 0x00008b0000000000 | (uint64_t)(TSS & 0xffffff) << 16 | 0x77);
  memory[TSS + 0x66] = 0x68; /* the I/O bitmap starts behind the TSS proper */
  memset(memory + TSS + 0x68, 0xff, 32);
  memory[TSS + 0x68 + PORT / 8] &= ~(1 << PORT % 8);
  static const uint8_t stub[] = {0xe6, PORT, 0xff, 0xe1}; /* out %al, $PORT; jmp *%rcx */
  memcpy(memory + STUB, stub, sizeof stub);
  static const uint8_t code[] = {0xb8, SYS_getppid, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7}; /* again: mov $nr, %eax; syscall; jmp again */
  memcpy(memory + CODE, code, sizeof code);
}

static void start_state(int vcpu) {
  struct kvm_sregs s;
  if (ioctl(vcpu, KVM_GET_SREGS, &s)) die("KVM_GET_SREGS");
  s.cr0 = 0x80050033, s.cr3 = PML4, s.cr4 = 0x620, s.efer = 0xd01;
  s.cs = (struct kvm_segment){.limit = 0xffffffff, .selector = 0x33, .type = 11, .present = 1, .dpl = 3, .s = 1, .l = 1, .g = 1};
  s.ss = s.ds = s.es = (struct kvm_segment){.limit = 0xffffffff, .selector = 0x2b, .type = 3, .present = 1, .dpl = 3, .db = 1, .s = 1, .g = 1};
  s.tr = (struct kvm_segment){.base = TSS, .limit = 0x68 + 31, .selector = 0x40, .type = 11, .present = 1};
  s.gdt.base = GDT, s.gdt.limit = 80;
  if (ioctl(vcpu, KVM_SET_SREGS, &s)) die("KVM_SET_SREGS");
  struct {
    struct kvm_msrs header;
    struct kvm_msr_entry entry[3];
  } msrs = {.header.nmsrs = 3, .entry = {{.index = 0xc0000081, .data = 0x0023001000000000}, {.index = 0xc0000082, .data = STUB}, {.index = 0xc0000084, .data = 0x100}}};
  if (ioctl(vcpu, KVM_SET_MSRS, &msrs) != 3) die("KVM_SET_MSRS");
  struct kvm_regs r = {.rip = CODE, .rsp = STACK_TOP, .rflags = 2};
  if (ioctl(vcpu, KVM_SET_REGS, &r)) die("KVM_SET_REGS");
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 20000;
  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (kvm < 0) die("/dev/kvm");
  int vm = ioctl(kvm, KVM_CREATE_VM, 0);
  if (vm < 0) die("KVM_CREATE_VM");
  uint8_t *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  build(memory);
  struct kvm_userspace_memory_region region = {.memory_size = SIZE, .userspace_addr = (uintptr_t)memory};
  if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region)) die("KVM_SET_USER_MEMORY_REGION");
  int vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
  if (vcpu < 0) die("KVM_CREATE_VCPU");
  struct {
    struct kvm_cpuid2 header;
    struct kvm_cpuid_entry2 entry[128];
  } cpuid = {.header.nent = 128};
  if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid) || ioctl(vcpu, KVM_SET_CPUID2, &cpuid)) die("KVM_SET_CPUID2");
  struct kvm_run *run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
  start_state(vcpu);
  run->kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;

  long long started = 0;
  for (long i = -1000; i < count; i++) { /* the first 1000 warm up */
    if (i == 0) started = now();
    if (ioctl(vcpu, KVM_RUN, 0) && errno != EINTR) die("KVM_RUN");
    if (run->exit_reason != KVM_EXIT_IO || run->io.port != PORT) {
      fprintf(stderr, "unexpected exit %u at 0x%llx\n", run->exit_reason, run->s.regs.regs.rip);
      return 1;
    }
    if (i == -1000 && (run->s.regs.sregs.cs.selector & 3) == 0) memcpy(memory + STUB + 2, "\x48\x0f\x07", 3); /* sysretq */
    if (run->s.regs.regs.rax != SYS_getppid) {
      fprintf(stderr, "unexpected call %lld\n", run->s.regs.regs.rax);
      return 1;
    }
    run->s.regs.regs.rax = syscall(SYS_getppid);
    run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
  }
  printf("%lld\n", (now() - started) / count);
  return 0;
}
