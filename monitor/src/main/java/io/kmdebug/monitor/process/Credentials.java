package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Whom the calling thread acts for. The kernel keeps that for each thread; a new thread has its maker's. credentials(7).
 *
 * @param users real, effective, saved
 * @param groups real, effective, saved
 * @param supplementary as getgroups(2) gives them
 * @param capabilities effective, permitted, inheritable of capget(2), two words each, interleaved as there
 */
record Credentials(int[] users, int[] groups, int[] supplementary, int[] capabilities) {
    private static final int NR_GETRESUID = 118;
    private static final int NR_SETRESUID = 117;
    private static final int NR_GETRESGID = 120;
    private static final int NR_SETRESGID = 119;
    private static final int NR_GETGROUPS = 115;
    private static final int NR_SETGROUPS = 116;
    private static final int NR_CAPGET = 125;
    private static final int NR_CAPSET = 126;
    private static final int CAPABILITY_VERSION = 0x2008_0522;
    private static final int CAPABILITY_WORDS = 6;
    private static final int PERMITTED = 1;
    private static final int INHERITABLE = 2;
    private static final int MOST_GROUPS = 65536;

    /** The calling thread's. */
    static Credentials capture() {
        long memory = HostMemory.allocate(64);
        try {
            int[] users = three(NR_GETRESUID, memory);
            int[] groups = three(NR_GETRESGID, memory);
            HostMemory.putInt(memory, CAPABILITY_VERSION);
            HostMemory.putInt(memory + 4, 0);
            Native.syscall(NR_CAPGET, memory, memory + 16);
            return new Credentials(users, groups, supplementaryGroups(), ints(memory + 16, CAPABILITY_WORDS));
        } finally {
            HostMemory.free(memory);
        }
    }

    private static int[] three(int call, long memory) {
        Native.syscall(call, memory, memory + 4, memory + 8);
        return ints(memory, 3);
    }

    private static int[] ints(long from, int count) {
        int[] out = new int[count];
        for (int i = 0; i < count; i++) out[i] = HostMemory.getInt(from + 4L * i);
        return out;
    }

    private static int[] supplementaryGroups() {
        int count = (int) Native.syscall(NR_GETGROUPS, 0, 0);
        if (count <= 0) return new int[0];
        long memory = HostMemory.allocate(4L * count);
        try {
            long got = Native.syscall(NR_GETGROUPS, count, memory);
            return ints(memory, (int) Math.max(0, got));
        } finally {
            HostMemory.free(memory);
        }
    }

    boolean isSame(Credentials other) {
        return Arrays.equals(users, other.users)
                && Arrays.equals(groups, other.groups)
                && Arrays.equals(supplementary, other.supplementary)
                && Arrays.equals(capabilities, other.capabilities);
    }

    /** Makes them the calling thread's, which must have at least as many rights. */
    void apply() throws IOException {
        Credentials now = capture();
        if (isSame(now)) return;
        long memory = HostMemory.allocate(64 + 4L * supplementary.length);
        try {
            if (!Arrays.equals(supplementary, now.supplementary)) {
                for (int i = 0; i < supplementary.length; i++) HostMemory.putInt(memory + 4L * i, supplementary[i]);
                check(Native.syscall(NR_SETGROUPS, supplementary.length, memory), "groups");
            }
            check(Native.syscall(NR_SETRESGID, groups[0], groups[1], groups[2]), "group");
            check(Native.syscall(NR_SETRESUID, users[0], users[1], users[2]), "user");
            if (Arrays.equals(capabilities, capture().capabilities)) return;
            HostMemory.clear(memory, 64);
            HostMemory.putInt(memory, CAPABILITY_VERSION);
            // those that the host did not let this process begin with nobody can give it
            int[] mine = capture().capabilities;
            for (int i = 0; i < CAPABILITY_WORDS; i++) {
                int possible = i % 3 == INHERITABLE ? -1 : mine[i / 3 * 3 + PERMITTED];
                HostMemory.putInt(memory + 16 + 4L * i, capabilities[i] & possible);
            }
            check(Native.syscall(NR_CAPSET, memory, memory + 16), "capabilities");
        } finally {
            HostMemory.free(memory);
        }
    }

    private static void check(long result, String what) throws IOException {
        if (result < 0) throw new IOException("cannot take over the " + what + " (errno " + -result + ")");
    }

    void write(DataOutputStream out) throws IOException {
        write(out, users);
        write(out, groups);
        write(out, supplementary);
        write(out, capabilities);
    }

    private static void write(DataOutputStream out, int[] values) throws IOException {
        out.writeInt(values.length);
        for (int value : values) out.writeInt(value);
    }

    static Credentials read(DataInputStream in) throws IOException {
        return new Credentials(ints(in), ints(in), ints(in), ints(in));
    }

    private static int[] ints(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MOST_GROUPS) throw new IOException(count + " groups");
        int[] out = new int[count];
        for (int i = 0; i < count; i++) out[i] = in.readInt();
        return out;
    }
}
