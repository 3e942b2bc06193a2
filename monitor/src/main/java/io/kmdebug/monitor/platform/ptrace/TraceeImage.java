package io.kmdebug.monitor.platform.ptrace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The program of the process that the payload runs in: one page, an ELF file in itself. Its first thread never runs
 * code of the payload. It is the address space's clerk: for each message on its socket (descriptor 1) it makes the
 * system calls listed in the request page, which only the monitor can write, and answers with their results. Threads
 * that it makes by clone wait in {@code pause} until they are traced.
 *
 * <p>A payload shares the address space with the clerk. It cannot write the clerk's code or its requests; it could forge
 * results, which only confuses its own memory. Should it ever get the clerk astray, a seccomp filter leaves it only
 * calls that change this address space.
 */
final class TraceeImage {
    /** Where the page is. Behind it the request page and a page to work in. */
    static final long BASE = 0x6000_0000_0000L;

    static final long REQUESTS = BASE + 0x1000;
    /** End of the clerk's pages. */
    static final long END = BASE + 0x3000;
    /** Where the memory file has the request page. */
    static final long REQUESTS_OFFSET = 0x4000_0000_0000L;
    /** The descriptor of payload memory there. */
    static final int MEMORY = 0;
    /** In place of a descriptor in a request: the one that came with the message. */
    static final int PASSED_DESCRIPTOR = -2;

    /** CLONE_VM FS FILES SIGHAND THREAD SYSVSEM. */
    static final int CLONE_FLAGS = 0x50f00;

    private static final int HEADER_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int CODE = HEADER_BYTES + 2 * SEGMENT_BYTES + 16;
    /** Bytes of {@link #PROGRAM}: the description of the filter follows, then the process's name, then the filter. */
    private static final int CODE_BYTES = 0x210;

    private static final int FILTER = CODE + CODE_BYTES + 32;
    /** {@code mov $34,%eax; syscall; jmp}: where a new thread waits. */
    static final long IDLE = BASE + CODE + 0x201;

    /** Machine code, and what it says. Addresses of jumps count from its start. */
    private static final String PROGRAM = """
            # start
            49bf0000000000600000 movabs $0x600000000000,%r15
            b870000000           mov $0x70,%eax (setsid)
            0f05                 syscall
            bf03000000           mov $0x3,%edi
            beffffffff           mov $0xffffffff,%esi
            31d2                 xor %edx,%edx
            b8b4010000           mov $0x1b4,%eax (close_range)
            0f05                 syscall
            85c0                 test %eax,%eax
            7418                 je 40 <start+0x40>
            bb03000000           mov $0x3,%ebx
            89df                 mov %ebx,%edi
            b803000000           mov $0x3,%eax
            0f05                 syscall
            ffc3                 inc %ebx
            81fb00100000         cmp $0x1000,%ebx
            72ed                 jb 2d <start+0x2d>
            498dbf00100000       lea 0x1000(%r15),%rdi
            be00100000           mov $0x1000,%esi
            ba01000000           mov $0x1,%edx
            41ba11000000         mov $0x11,%r10d
            4531c0               xor %r8d,%r8d
            49b90000000000400000 movabs $0x400000000000,%r9
            b809000000           mov $0x9,%eax (mmap)
            0f05                 syscall
            498dbf00200000       lea 0x2000(%r15),%rdi
            be00100000           mov $0x1000,%esi
            ba03000000           mov $0x3,%edx
            41ba32000000         mov $0x32,%r10d
            49c7c0ffffffff       mov $0xffffffffffffffff,%r8
            4531c9               xor %r9d,%r9d
            b809000000           mov $0x9,%eax (mmap)
            0f05                 syscall
            4d8da700200000       lea 0x2000(%r15),%r12
            498d842400010000     lea 0x100(%r12),%rax
            4989442410           mov %rax,0x10(%r12)
            49c744241801000000   movq $0x1,0x18(%r12)
            498d842440010000     lea 0x140(%r12),%rax
            4989442420           mov %rax,0x20(%r12)
            498d842480010000     lea 0x180(%r12),%rax
            4989842400010000     mov %rax,0x100(%r12)
            49c784240801000001000000 movq $0x1,0x108(%r12)
            bf0f000000           mov $0xf,%edi (PR_SET_NAME)
            488d353b010000       lea 0x13b(%rip),%rsi
            b89d000000           mov $0x9d,%eax (prctl)
            0f05                 syscall
            bf26000000           mov $0x26,%edi (PR_SET_NO_NEW_PRIVS)
            be01000000           mov $0x1,%esi
            31d2                 xor %edx,%edx
            4531d2               xor %r10d,%r10d
            4531c0               xor %r8d,%r8d
            b89d000000           mov $0x9d,%eax (prctl)
            0f05                 syscall
            bf16000000           mov $0x16,%edi (PR_SET_SECCOMP)
            be02000000           mov $0x2,%esi
            488d15fa000000       lea 0xfa(%rip),%rdx
            b89d000000           mov $0x9d,%eax (prctl)
            0f05                 syscall
            41be01000000         mov $0x1,%r14d
            4989842400040000     mov %rax,0x400(%r12)
            e9a8000000           jmp 1d8 <answer>
            # serve
            4d8da700200000       lea 0x2000(%r15),%r12
            49c744242818000000   movq $0x18,0x28(%r12)
            bf01000000           mov $0x1,%edi
            4c89e6               mov %r12,%rsi
            31d2                 xor %edx,%edx
            b82f000000           mov $0x2f,%eax (recvmsg)
            0f05                 syscall
            4883f801             cmp $0x1,%rax
            0f859d000000         jne 1f8 <gone>
            48c7c3ffffffff       mov $0xffffffffffffffff,%rbx
            49837c242814         cmpq $0x14,0x28(%r12)
            7208                 jb 172 <serve+0x42>
            49639c2450010000     movslq 0x150(%r12),%rbx
            498daf00100000       lea 0x1000(%r15),%rbp
            448b7500             mov 0x0(%rbp),%r14d
            4531ed               xor %r13d,%r13d
            # next
            4d39f5               cmp %r14,%r13
            7346                 jae 1cb <done>
            4883c540             add $0x40,%rbp
            488b7d08             mov 0x8(%rbp),%rdi
            488b7510             mov 0x10(%rbp),%rsi
            488b5518             mov 0x18(%rbp),%rdx
            4c8b5520             mov 0x20(%rbp),%r10
            4c8b4528             mov 0x28(%rbp),%r8
            4c8b4d30             mov 0x30(%rbp),%r9
            4983f8fe             cmp $0xfffffffffffffffe,%r8
            7503                 jne 1aa <next+0x2a>
            4989d8               mov %rbx,%r8
            448b6500             mov 0x0(%rbp),%r12d
            4489e0               mov %r12d,%eax
            0f05                 syscall
            4183fc38             cmp $0x38,%r12d
            7505                 jne 1be <next+0x3e>
            4885c0               test %rax,%rax
            7443                 je 201 <idle>
            4b8984ef00240000     mov %rax,0x2400(%r15,%r13,8)
            49ffc5               inc %r13
            ebb5                 jmp 180 <next>
            # done
            85db                 test %ebx,%ebx
            7809                 js 1d8 <answer>
            89df                 mov %ebx,%edi
            b803000000           mov $0x3,%eax
            0f05                 syscall
            # answer
            bf01000000           mov $0x1,%edi
            498db700240000       lea 0x2400(%r15),%rsi
            4a8d14f500000000     lea 0x0(,%r14,8),%rdx
            b801000000           mov $0x1,%eax
            0f05                 syscall
            e938ffffff           jmp 130 <serve>
            # gone
            31ff                 xor %edi,%edi
            b8e7000000           mov $0xe7,%eax (exit_group)
            0f05                 syscall
            # idle
            b822000000           mov $0x22,%eax (pause)
            0f05                 syscall
            ebf7                 jmp 201 <idle>
            660f1f440000         nopw 0x0(%rax,%rax,1)
            """;

    /** mmap mprotect munmap mremap remap_file_pages close exit exit_group pause, and the vsyscall page's three. */
    private static final int[] ALLOWED = {9, 10, 11, 25, 216, 3, 60, 231, 34, 96, 201, 309};

    private static final int NR_WRITE = 1;
    private static final int NR_RECVMSG = 47;
    private static final int NR_CLONE = 56;
    private static final int SOCKET = 1;
    private static final int AUDIT_ARCH_X86_64 = 0xc000_003e;
    private static final int LOAD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int KILL_PROCESS = 0x8000_0000;
    private static final int ALLOW = 0x7fff_0000;
    /** struct seccomp_data. */
    private static final int DATA_NUMBER = 0;

    private static final int DATA_ARCH = 4;
    private static final int DATA_ARGUMENT = 16;

    private TraceeImage() {}

    /** The file. */
    static byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        header(out);
        out.position(CODE);
        code(out);
        int instructions = filter(out.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(FILTER));
        out.position(CODE + CODE_BYTES);
        out.putLong(instructions).putLong(BASE + FILTER); // struct sock_fprog
        out.put(new byte[] {'k', 'm', '-', 'p', 'a', 'y', 'l', 'o', 'a', 'd', 0});
        return out.array();
    }

    private static void header(ByteBuffer out) {
        out.putInt(0x464c_457f).putInt(0x0001_0102).putLong(0); // ELF, 64 bits, little endian, version 1
        out.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
        out.putLong(BASE + CODE).putLong(HEADER_BYTES).putLong(0).putInt(0);
        out.putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES).putShort((short) 2);
        out.position(HEADER_BYTES);
        out.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE); // PT_LOAD, r-x
        out.putLong(4096).putLong(4096).putLong(4096);
        out.putInt(0x6474_e551).putInt(6); // PT_GNU_STACK: without it everything readable would be executable
    }

    private static void code(ByteBuffer out) {
        for (int at = 0; at < PROGRAM.length(); at = PROGRAM.indexOf('\n', at) + 1) {
            if (PROGRAM.charAt(at) == '#') continue;
            for (int digit = at; PROGRAM.charAt(digit) != ' '; digit += 2) {
                int value = Character.digit(PROGRAM.charAt(digit), 16) << 4;
                out.put((byte) (value | Character.digit(PROGRAM.charAt(digit + 1), 16)));
            }
        }
    }

    /** struct sock_filter: code u16, jt u8, jf u8, k u32. seccomp(2). Returns the number of instructions. */
    private static int filter(ByteBuffer out) {
        int list = ALLOWED.length;
        int clone = 3 + list + 3;
        int descriptor = clone + 2;
        int kill = descriptor + 2;
        int allow = kill + 1;
        int at = 0;
        instruction(out, at++, LOAD, 0, 0, DATA_ARCH);
        instruction(out, at++, JUMP_IF_EQUAL, 2, kill, AUDIT_ARCH_X86_64);
        instruction(out, at++, LOAD, 0, 0, DATA_NUMBER);
        for (int number : ALLOWED) {
            instruction(out, at, JUMP_IF_EQUAL, allow, at + 1, number);
            at++;
        }
        instruction(out, at, JUMP_IF_EQUAL, clone, at + 1, NR_CLONE);
        at++;
        instruction(out, at, JUMP_IF_EQUAL, descriptor, at + 1, NR_WRITE);
        at++;
        instruction(out, at++, JUMP_IF_EQUAL, descriptor, kill, NR_RECVMSG);
        instruction(out, at++, LOAD, 0, 0, DATA_ARGUMENT);
        instruction(out, at++, JUMP_IF_EQUAL, allow, kill, CLONE_FLAGS);
        instruction(out, at++, LOAD, 0, 0, DATA_ARGUMENT);
        instruction(out, at++, JUMP_IF_EQUAL, allow, kill, SOCKET);
        instruction(out, at++, RETURN, 0, 0, KILL_PROCESS);
        instruction(out, at++, RETURN, 0, 0, ALLOW);
        return at;
    }

    /** Jump targets are instruction numbers. */
    private static void instruction(ByteBuffer out, int at, int code, int ifTrue, int ifFalse, int operand) {
        boolean jump = code == JUMP_IF_EQUAL;
        out.putShort((short) code);
        out.put((byte) (jump ? ifTrue - at - 1 : 0)).put((byte) (jump ? ifFalse - at - 1 : 0));
        out.putInt(operand);
    }
}
