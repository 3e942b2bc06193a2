package io.kmdebug.monitor.syscall;

/** Makes the groups that are not needed before one of their calls is made. */
public interface GroupSource {
    SyscallGroup open(int group);
}
