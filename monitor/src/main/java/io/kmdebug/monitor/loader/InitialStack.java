package io.kmdebug.monitor.loader;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.GuestMemory;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a new program finds on its stack: argc, argv, envp, the auxiliary vector. SysV amd64 psABI §3.4.1. */
final class InitialStack {
    private static final int AT_PHDR = 3;
    private static final int AT_PHENT = 4;
    private static final int AT_PHNUM = 5;
    private static final int AT_PAGESZ = 6;
    private static final int AT_BASE = 7;
    private static final int AT_FLAGS = 8;
    private static final int AT_ENTRY = 9;
    private static final int AT_UID = 11;
    private static final int AT_EUID = 12;
    private static final int AT_GID = 13;
    private static final int AT_EGID = 14;
    private static final int AT_PLATFORM = 15;
    private static final int AT_HWCAP = 16;
    private static final int AT_CLKTCK = 17;
    private static final int AT_SECURE = 23;
    private static final int AT_RANDOM = 25;
    private static final int AT_HWCAP2 = 26;
    private static final int AT_EXECFN = 31;
    private static final int AT_SYSINFO_EHDR = 33;
    private static final int AT_MINSIGSTKSZ = 51;
    private static final int NR_GETUID = 102;
    private static final int NR_GETGID = 104;
    private static final int NR_GETEUID = 107;
    private static final int NR_GETEGID = 108;
    private static final int NR_GETRANDOM = 318;
    private static final int RANDOM_BYTES = 16;
    private static final int E2BIG = 7;
    /** MAX_ARG_STRLEN. */
    private static final long LONGEST_STRING = 128 << 10;
    /** Three quarters of the kernel's default stack. */
    private static final long MOST_BYTES = 6 << 20;

    private final GuestMemory memory;
    private long top;
    private final long[] auxiliary = new long[48];
    private final byte[] host = hostAuxiliaryVector();
    private final ByteBuffer hostVector = ByteBuffer.wrap(host).order(ByteOrder.LITTLE_ENDIAN);
    private int auxiliaryLength;

    InitialStack(GuestMemory memory, long top) {
        this.memory = memory;
        this.top = top;
    }

    /**
     * execve(2), "Limits on size of arguments and environment": a quarter of the stack limit for all, pointers included,
     * but at most 6 MiB and at least 128 KiB; 128 KiB for one.
     *
     * @param stackLimit RLIMIT_STACK, soft; bytes
     * @throws LoadFailure E2BIG
     */
    public static void checkSize(List<String> arguments, List<String> environment, long stackLimit) {
        long most = stackLimit < 0 ? MOST_BYTES : Math.max(LONGEST_STRING, Math.min(stackLimit / 4, MOST_BYTES));
        long bytes = size(arguments, "argument") + size(environment, "environment variable");
        if (bytes > most) {
            throw new LoadFailure(
                    "arguments and environment have " + bytes + " bytes, more than the " + most
                            + " that the stack limit" + " permits",
                    E2BIG);
        }
    }

    private static long size(List<String> texts, String what) {
        long bytes = 0;
        for (int i = 0; i < texts.size(); i++) {
            int length = texts.get(i).length() + 1;
            if (length > LONGEST_STRING) throw new LoadFailure("an " + what + " is longer than 128 KiB", E2BIG);
            bytes += length + 8;
        }
        return bytes;
    }

    /** Writes it all; returns the stack pointer for the entry point. */
    long build(
            LoadedImage program,
            long interpreterBase,
            long vdso,
            String path,
            List<String> arguments,
            List<String> environment) {
        top -= 8; // the kernel ends with a null word, too
        long execfn = push(path);
        long[] env = pushAll(environment);
        long[] args = pushAll(arguments);
        long platform = push("x86_64");
        long random = pushRandom();
        if (vdso != 0) add(AT_SYSINFO_EHDR, vdso);
        add(AT_MINSIGSTKSZ, hostValue(AT_MINSIGSTKSZ));
        add(AT_HWCAP, hostValue(AT_HWCAP));
        add(AT_PAGESZ, 4096);
        add(AT_CLKTCK, 100);
        add(AT_PHDR, program.programHeaders());
        add(AT_PHENT, 56);
        add(AT_PHNUM, program.programHeaderCount());
        add(AT_BASE, interpreterBase);
        add(AT_FLAGS, 0);
        add(AT_ENTRY, program.entry());
        add(AT_UID, Native.syscall(NR_GETUID));
        add(AT_EUID, Native.syscall(NR_GETEUID));
        add(AT_GID, Native.syscall(NR_GETGID));
        add(AT_EGID, Native.syscall(NR_GETEGID));
        add(AT_SECURE, 0);
        add(AT_RANDOM, random);
        add(AT_HWCAP2, hostValue(AT_HWCAP2));
        add(AT_EXECFN, execfn);
        add(AT_PLATFORM, platform);
        add(0, 0);
        return pushVectors(args, env);
    }

    /** What the kernel told this process; getauxval(3) is no witness, for glibc has its own idea of AT_HWCAP. */
    private long hostValue(int type) {
        for (int at = 0; at + 16 <= host.length; at += 16) {
            if (hostVector.getLong(at) == type) return hostVector.getLong(at + 8);
        }
        return 0;
    }

    private static byte[] hostAuxiliaryVector() {
        try (FileInputStream in = new FileInputStream("/proc/self/auxv")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new HostFailure("cannot read /proc/self/auxv: " + e.getMessage());
        }
    }

    private void add(int type, long value) {
        auxiliary[auxiliaryLength++] = type;
        auxiliary[auxiliaryLength++] = value;
    }

    /** The vector as it stands in memory, 16 bytes an entry. */
    byte[] auxiliaryVector() {
        ByteBuffer bytes = ByteBuffer.allocate(8 * auxiliaryLength).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < auxiliaryLength; i++) bytes.putLong(auxiliary[i]);
        return bytes.array();
    }

    private long pushVectors(long[] args, long[] env) {
        int words = 1 + args.length + 1 + env.length + 1 + auxiliaryLength;
        ByteBuffer bytes = ByteBuffer.allocate(8 * words).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(args.length);
        for (long arg : args) bytes.putLong(arg);
        bytes.putLong(0);
        for (long variable : env) bytes.putLong(variable);
        bytes.putLong(0);
        for (int i = 0; i < auxiliaryLength; i++) bytes.putLong(auxiliary[i]);
        long pointer = top - 8L * words & -16;
        memory.write(pointer, bytes.array());
        return pointer;
    }

    private long[] pushAll(List<String> texts) {
        long[] addresses = new long[texts.size()];
        for (int i = addresses.length - 1; i >= 0; i--) addresses[i] = push(texts.get(i));
        return addresses;
    }

    /** Texts carry bytes in ISO-8859-1. */
    private long push(String text) {
        byte[] bytes = new byte[text.length() + 1];
        System.arraycopy(text.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, text.length());
        top -= bytes.length;
        memory.write(top, bytes);
        return top;
    }

    private long pushRandom() {
        top = top - RANDOM_BYTES & -16;
        long buffer = HostMemory.allocate(RANDOM_BYTES);
        Native.syscall(NR_GETRANDOM, buffer, RANDOM_BYTES, 0);
        memory.write(top, HostMemory.read(buffer, RANDOM_BYTES));
        HostMemory.free(buffer);
        return top;
    }

    static long stackLimit() {
        long limit = HostMemory.allocate(16);
        try {
            // prlimit64(0, RLIMIT_STACK, NULL, &limit)
            Native.syscall(302, 0, 3, 0, limit);
            return HostMemory.getLong(limit);
        } finally {
            HostMemory.free(limit);
        }
    }
}
