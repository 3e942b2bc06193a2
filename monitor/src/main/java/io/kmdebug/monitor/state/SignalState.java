package io.kmdebug.monitor.state;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.signal.SignalAction;
import java.util.List;

/**
 * Signals of the process.
 *
 * @param actions of signals 1 to 64
 * @param pending sent to the process, in order
 */
public record SignalState(List<SignalAction> actions, List<SignalInfo> pending) {
    /** How many there are. */
    public static final int SIGNALS = 64;

    public SignalState {
        if (actions.size() != SIGNALS) throw new IllegalArgumentException(actions.size() + " actions");
    }
}
