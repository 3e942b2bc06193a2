package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.ResourceLimits;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What a new process has of its parent on the host's side, as the calling thread has it.
 *
 * @param processGroup of the same session
 * @param niceness -20 to 19
 * @param orphansAreSeen whether a payload among its ancestors collects orphans
 * @param refusesCore whether it, or an ancestor, asked for no core
 * @param coreFilter which mappings a core has the content of
 */
record Inheritance(
        int processGroup,
        int niceness,
        boolean orphansAreSeen,
        boolean refusesCore,
        int coreFilter,
        Credentials credentials) {
    private static final int NR_SETPGID = 109;
    private static final int NR_GETPGRP = 111;
    private static final int NR_GETPRIORITY = 140;
    private static final int NR_SETPRIORITY = 141;
    /** getpriority(2) by number answers 20 minus the niceness. */
    private static final int PRIORITY_ZERO = 20;

    static Inheritance capture(boolean orphansAreSeen, ResourceLimits limits) {
        int niceness = PRIORITY_ZERO - (int) Native.syscall(NR_GETPRIORITY, 0, 0);
        return new Inheritance(
                ownProcessGroup(),
                niceness,
                orphansAreSeen,
                limits.refusesCore(),
                limits.coreFilter(),
                Credentials.capture());
    }

    static int ownProcessGroup() {
        return (int) Native.syscall(NR_GETPGRP);
    }

    /** When the group is gone meanwhile, the process stays in one of its own. */
    void joinGroup() {
        Native.syscall(NR_SETPGID, 0, processGroup);
    }

    /** On the thread that is going to carry the payload's first one. */
    void renice() {
        int now = PRIORITY_ZERO - (int) Native.syscall(NR_GETPRIORITY, 0, 0);
        if (now != niceness) Native.syscall(NR_SETPRIORITY, 0, 0, niceness);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(processGroup);
        out.writeInt(niceness);
        out.writeBoolean(orphansAreSeen);
        out.writeBoolean(refusesCore);
        out.writeInt(coreFilter);
        credentials.write(out);
    }

    static Inheritance read(DataInputStream in) throws IOException {
        return new Inheritance(
                in.readInt(), in.readInt(), in.readBoolean(), in.readBoolean(), in.readInt(), Credentials.read(in));
    }
}
