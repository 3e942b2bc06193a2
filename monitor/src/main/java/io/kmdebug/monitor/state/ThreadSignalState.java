package io.kmdebug.monitor.state;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.AlternateStack;
import java.util.List;

/**
 * Signals of one thread.
 *
 * @param blocked the mask now
 * @param restoresMask whether a call with a mask of its own (sigsuspend, ppoll...) was interrupted
 * @param maskToRestore the mask that comes back then
 * @param pending sent to this thread, in order
 * @param trap vector of the last fault; errorCode and cr2 belong to it
 */
public record ThreadSignalState(
        long blocked,
        boolean restoresMask,
        long maskToRestore,
        AlternateStack alternate,
        List<SignalInfo> pending,
        int trap,
        long errorCode,
        long cr2) {}
