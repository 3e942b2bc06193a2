package io.kmdebug.monitor.host;

/** CPUID and XGETBV of the host's processor. Java has no such instructions, so a few bytes of machine code bring them. */
public final class HostCpu {
    private static final byte[] CODE = {
        0x53, // push %rbx
        (byte) 0x89,
        (byte) 0xf8, // mov %edi,%eax
        (byte) 0x89,
        (byte) 0xf1, // mov %esi,%ecx
        0x49,
        (byte) 0x89,
        (byte) 0xd0, // mov %rdx,%r8
        0x0f,
        (byte) 0xa2, // cpuid
        0x41,
        (byte) 0x89,
        0x00, // mov %eax,(%r8)
        0x41,
        (byte) 0x89,
        0x58,
        0x04, // mov %ebx,4(%r8)
        0x41,
        (byte) 0x89,
        0x48,
        0x08, // mov %ecx,8(%r8)
        0x41,
        (byte) 0x89,
        0x50,
        0x0c, // mov %edx,12(%r8)
        0x5b, // pop %rbx
        0x31,
        (byte) 0xc0, // xor %eax,%eax
        (byte) 0xc3 // ret
    };
    /** xor %ecx,%ecx; mov %rdx,%r8; xgetbv; mov %eax,(%r8); mov %edx,4(%r8); xor %eax,%eax; ret. */
    private static final byte[] XGETBV = {
        0x31,
        (byte) 0xc9,
        0x49,
        (byte) 0x89,
        (byte) 0xd0,
        0x0f,
        0x01,
        (byte) 0xd0,
        0x41,
        (byte) 0x89,
        0x00,
        0x41,
        (byte) 0x89,
        0x50,
        0x04,
        0x31,
        (byte) 0xc0,
        (byte) 0xc3
    };

    private static final int XSAVE_LEAF = 0xd;
    private static final int XSAVE_HEADER_END = 576;
    private static final long FUNCTION = load();

    private HostCpu() {}

    private static long load() {
        long page = HostCall.mmap(
                0,
                4096,
                HostCall.PROT_READ | HostCall.PROT_WRITE,
                HostCall.MAP_PRIVATE | HostCall.MAP_ANONYMOUS,
                -1,
                0);
        if (page < 0 && page > -4096) throw new HostFailure("cannot map a page", -page);
        HostMemory.write(page, CODE, 0, CODE.length);
        HostMemory.write(page + CODE.length, XGETBV, 0, XGETBV.length);
        long result = HostCall.mprotect(page, 4096, HostCall.PROT_READ | HostCall.PROT_EXEC);
        if (result < 0) throw new HostFailure("cannot make a page executable", -result);
        return page;
    }

    /** XCR0: which components of the extended state the host's kernel has switched on. Intel SDM volume 1 §13.3. */
    public static long xcr0() {
        long out = HostMemory.allocate(16);
        try {
            Native.call(FUNCTION + CODE.length, 0, 0, out);
            return HostMemory.getLong(out);
        } finally {
            HostMemory.free(out);
        }
    }

    /** eax, ebx, ecx, edx. */
    public static int[] cpuid(int leaf, int subleaf) {
        long out = HostMemory.allocate(16);
        try {
            Native.call(FUNCTION, leaf, subleaf, out);
            return new int[] {
                HostMemory.getInt(out),
                HostMemory.getInt(out + 4),
                HostMemory.getInt(out + 8),
                HostMemory.getInt(out + 12)
            };
        } finally {
            HostMemory.free(out);
        }
    }

    /**
     * Bytes of an XSAVE area in the standard format that holds the state components in {@code xcr0}. Where a component
     * lies differs between makers. Intel SDM volume 1 §13.2.
     */
    public static int xsaveBytes(long xcr0) {
        int bytes = XSAVE_HEADER_END;
        for (int component = 2; component < 63; component++) {
            if ((xcr0 & 1L << component) == 0) continue;
            int[] where = cpuid(XSAVE_LEAF, component);
            bytes = Math.max(bytes, where[1] + where[0]);
        }
        return bytes;
    }
}
