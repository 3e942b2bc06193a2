package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.Rights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at the rights of a host thread, and gives the calling one others. */
final class HostRights {
    private static final int NR_SETGROUPS = 116;
    private static final int NR_SETRESUID = 117;
    private static final int NR_SETRESGID = 119;
    private static final int NR_SETFSUID = 122;
    private static final int NR_SETFSGID = 123;
    private static final int NR_CAPSET = 126;
    private static final int NR_PRCTL = 157;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_CAPBSET_DROP = 24;
    private static final int PR_GET_SECUREBITS = 27;
    private static final int PR_SET_SECUREBITS = 28;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int PR_CAP_AMBIENT = 47;
    private static final int AMBIENT_RAISE = 2;
    private static final int AMBIENT_CLEAR_ALL = 4;
    private static final int CAPABILITY_VERSION = 0x2008_0522;
    private static final int INHERITABLE = 0;
    private static final int PERMITTED = 1;
    private static final int EFFECTIVE = 2;
    private static final int BOUNDING = 3;
    private static final int AMBIENT = 4;
    private static final List<String> SETS = List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb");

    private HostRights() {}

    /** The calling thread's secure bits, which nobody else can ask for. */
    static int secureBits() {
        return (int) Native.syscall(NR_PRCTL, PR_GET_SECUREBITS, 0, 0, 0, 0);
    }

    /** @param secureBits the thread's, noted by itself */
    static Rights of(int hostTid, int secureBits) throws IOException {
        byte[] status = Files.readAllBytes(Path.of("/proc/self/task/" + hostTid + "/status"));
        String text = "\n" + new String(status, StandardCharsets.ISO_8859_1);
        List<Long> sets = new ArrayList<>();
        for (String name : SETS) sets.add(Long.parseUnsignedLong(field(text, name), 16));
        return new Rights(
                numbers(field(text, "Uid")),
                numbers(field(text, "Gid")),
                numbers(field(text, "Groups")),
                List.copyOf(sets),
                field(text, "NoNewPrivs").equals("1"),
                secureBits);
    }

    private static String field(String status, String name) throws IOException {
        int start = status.indexOf("\n" + name + ":");
        if (start < 0) throw new IOException("the host does not tell a thread's " + name);
        start += name.length() + 2;
        return status.substring(start, status.indexOf('\n', start)).trim();
    }

    private static List<Integer> numbers(String text) {
        List<Integer> out = new ArrayList<>();
        for (String word : text.split("\\s+")) if (!word.isEmpty()) out.add(Integer.parseUnsignedInt(word));
        return List.copyOf(out);
    }

    /** Gives them to the calling thread; null when it has them now, else what it cannot have. */
    static @Nullable String take(Rights wanted) {
        try {
            Rights now = of(HostCall.gettid(), secureBits());
            if (now.isNoMoreThan(wanted)) return null;
            change(now, wanted);
            Rights got = of(HostCall.gettid(), secureBits());
            return got.isNoMoreThan(wanted) ? null : wanted.difference(got);
        } catch (IOException unknown) {
            return String.valueOf(unknown.getMessage());
        }
    }

    /** In an order in which each step leaves the right to do the next; {@link #take} looks what came of it. */
    private static void change(Rights now, Rights wanted) {
        if (!now.supplementary().equals(wanted.supplementary())) setGroups(wanted.supplementary());
        List<Long> had = now.capabilities();
        List<Long> sets = wanted.capabilities();
        setCapabilities(had.get(PERMITTED), had.get(PERMITTED), sets.get(INHERITABLE));
        long dropped = had.get(BOUNDING) & ~sets.get(BOUNDING);
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if ((dropped >>> capability & 1) != 0) prctl(PR_CAPBSET_DROP, capability, 0);
        }
        if (!now.users().equals(wanted.users())) prctl(PR_SET_KEEPCAPS, 1, 0);
        if (!now.groups().equals(wanted.groups())) setIds(NR_SETRESGID, NR_SETFSGID, wanted.groups());
        if (!now.users().equals(wanted.users())) {
            List<Integer> users = wanted.users();
            Native.syscall(NR_SETRESUID, users.get(0), users.get(1), users.get(2));
            setCapabilities(had.get(PERMITTED), had.get(PERMITTED), sets.get(INHERITABLE));
            Native.syscall(NR_SETFSUID, users.get(3));
            setCapabilities(had.get(PERMITTED), had.get(PERMITTED), sets.get(INHERITABLE));
        }
        prctl(PR_SET_SECUREBITS, wanted.secureBits(), 0);
        if (!had.get(AMBIENT).equals(sets.get(AMBIENT))) {
            prctl(PR_CAP_AMBIENT, AMBIENT_CLEAR_ALL, 0);
            for (int capability = 0; capability < Long.SIZE; capability++) {
                if ((sets.get(AMBIENT) >>> capability & 1) != 0) prctl(PR_CAP_AMBIENT, AMBIENT_RAISE, capability);
            }
        }
        long possible = had.get(PERMITTED);
        setCapabilities(sets.get(EFFECTIVE) & possible, sets.get(PERMITTED) & possible, sets.get(INHERITABLE));
        if (wanted.noNewPrivileges()) prctl(PR_SET_NO_NEW_PRIVS, 1, 0);
    }

    private static void prctl(int option, long first, long second) {
        Native.syscall(NR_PRCTL, option, first, second, 0, 0);
    }

    private static void setIds(int call, int ofFiles, List<Integer> ids) {
        Native.syscall(call, ids.get(0), ids.get(1), ids.get(2));
        Native.syscall(ofFiles, ids.get(3));
    }

    private static void setGroups(List<Integer> groups) {
        long memory = HostMemory.allocate(4L * groups.size() + 4);
        for (int i = 0; i < groups.size(); i++) HostMemory.putInt(memory + 4L * i, groups.get(i));
        Native.syscall(NR_SETGROUPS, groups.size(), memory);
        HostMemory.free(memory);
    }

    /**
     * Header: version 4, pid 4; data: the lower words of effective, permitted, inheritable, then the upper ones.
     * capset(2).
     */
    private static void setCapabilities(long effective, long permitted, long inheritable) {
        long memory = HostMemory.allocate(32);
        HostMemory.putInt(memory, CAPABILITY_VERSION);
        HostMemory.putInt(memory + 4, 0);
        long[] sets = {effective, permitted, inheritable};
        for (int i = 0; i < sets.length; i++) {
            HostMemory.putInt(memory + 8 + 4L * i, (int) sets[i]);
            HostMemory.putInt(memory + 20 + 4L * i, (int) (sets[i] >>> 32));
        }
        Native.syscall(NR_CAPSET, memory, memory + 8);
        HostMemory.free(memory);
    }
}
