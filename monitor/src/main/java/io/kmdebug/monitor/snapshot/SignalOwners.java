package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.state.SignalOwner;

/** Looks at who hears of a description's events, and sets it again: fcntl(2) F_SETOWN_EX, F_SETSIG. */
final class SignalOwners {
    private static final int FCNTL = 72;
    private static final int GETPGRP = 111;
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_SETOWN_EX = 15;
    private static final int F_GETOWN_EX = 16;
    private static final int F_OWNER_PID = 1;
    private static final int F_OWNER_PGRP = 2;

    private SignalOwners() {}

    /**
     * @param inherited whether km was started with the description: only what was set to this very process is its own
     * @throws NotKeepable when it is somebody that another process cannot be
     */
    static SignalOwner of(HostFile host, boolean inherited) throws NotKeepable {
        // struct f_owner_ex: type 0, pid 4
        long owner = HostMemory.allocate(8);
        try {
            if (Native.syscall(FCNTL, host.fd(), F_GETOWN_EX, owner) < 0) return SignalOwner.NONE;
            int type = HostMemory.getInt(owner);
            int id = HostMemory.getInt(owner + 4);
            int signal = (int) Math.max(0, Native.syscall(FCNTL, host.fd(), F_GETSIG));
            if (type == F_OWNER_PID && id == HostCall.getpid()) {
                return new SignalOwner(SignalOwner.Who.PROCESS, signal);
            }
            if (inherited) return SignalOwner.NONE;
            if (id == 0) return new SignalOwner(SignalOwner.Who.NOBODY, signal);
            if (type == F_OWNER_PGRP && id == (int) Native.syscall(GETPGRP)) {
                return new SignalOwner(SignalOwner.Who.PROCESS_GROUP, signal);
            }
            String whom = type == F_OWNER_PGRP ? "process group " : type == F_OWNER_PID ? "process " : "thread ";
            throw new NotKeepable("its signals go to " + whom + id + " (F_SETOWN), which would be another one then");
        } finally {
            HostMemory.free(owner);
        }
    }

    static void set(int hostFd, SignalOwner owner) throws NotKeepable {
        if (owner.signal() != 0) check(Native.syscall(FCNTL, hostFd, F_SETSIG, owner.signal()));
        if (owner.who() == SignalOwner.Who.NOBODY) return;
        boolean group = owner.who() == SignalOwner.Who.PROCESS_GROUP;
        long memory = HostMemory.allocate(8);
        try {
            HostMemory.putInt(memory, group ? F_OWNER_PGRP : F_OWNER_PID);
            HostMemory.putInt(memory + 4, group ? (int) Native.syscall(GETPGRP) : HostCall.getpid());
            check(Native.syscall(FCNTL, hostFd, F_SETOWN_EX, memory));
        } finally {
            HostMemory.free(memory);
        }
    }

    private static void check(long result) throws NotKeepable {
        if (result < 0) throw new NotKeepable("its owner for signals cannot be set: errno " + -result);
    }
}
