package io.kmdebug.monitor.state;

/**
 * Who hears of an open file description's events: fcntl(2) F_SETOWN and F_SETSIG.
 *
 * @param signal 0 stands for SIGIO
 */
public record SignalOwner(Who who, int signal) {
    public static final SignalOwner NONE = new SignalOwner(Who.NOBODY, 0);

    /** Whose numbers are found anew in each process. */
    public enum Who {
        NOBODY,
        PROCESS,
        PROCESS_GROUP
    }
}
