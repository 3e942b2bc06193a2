package io.kmdebug.monitor.process;

import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.memory.CheckedMemory;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.ResourceLimits;
import io.kmdebug.monitor.syscall.SyscallTable;
import io.kmdebug.monitor.syscall.World;
import io.kmdebug.monitor.thread.Payload;

/** A machine that waits for a payload, and what there is to serve one. */
public interface Stage extends SpareCommand.Source {
    Platform platform();

    AddressSpace space();

    CheckedMemory memory();

    SyscallTable table();

    Log log();

    /**
     * The descriptor of the standard error that the payload's first process was started with: the log's, unless that is
     * another.
     */
    void standardError(int descriptor);

    /** Has the calls served that every process of the payload makes; sets its services. */
    void serveCalls(SyscallTable table, Payload payload, World world, ResourceLimits limits, FdTable descriptors);

    /** Has the payload's calls served, its ends told, its cores written, as the command line says. */
    void serve(Payload payload, World world, ResourceLimits limits, FdTable descriptors);

    /**
     * Has the payload debugged by the client of an ancestor's. Its threads are there and do not run yet.
     *
     * @param line its end of the line to the client
     * @param held whether it stands still; else it runs, to the client's knowledge
     */
    void debug(Payload payload, int line, byte[] settings, boolean held) throws java.io.IOException;

    /** The last thing before the first thread runs. */
    void starts(Payload payload) throws java.io.IOException;
}
