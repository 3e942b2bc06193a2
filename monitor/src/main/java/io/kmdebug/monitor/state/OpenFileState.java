package io.kmdebug.monitor.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open file description.
 *
 * @param kind how the monitor treats it, the name of a constant of {@code OpenFile.Kind}
 * @param procPath of a directory in /proc that the monitor lists itself
 * @param position of such a listing
 * @param standard 0 to 2 when the payload was started with it under that number, else -1
 * @param timeout whether SO_RCVTIMEO or SO_SNDTIMEO was set
 * @param signalMask of a signalfd(2)
 * @param details how to make it anew; null when the description itself is passed on
 * @param locks to be taken again; empty when the description itself is passed on
 * @param owner to be set again; nobody when the description itself is passed on
 */
public record OpenFileState(
        String kind,
        @Nullable String procPath,
        int position,
        int standard,
        boolean timeout,
        long signalMask,
        @Nullable FileDetails details,
        List<FileLock> locks,
        SignalOwner owner) {

    /** Of a description that is passed on. */
    public OpenFileState(
            String kind, @Nullable String procPath, int position, int standard, boolean timeout, long signalMask) {
        this(kind, procPath, position, standard, timeout, signalMask, null, List.of(), SignalOwner.NONE);
    }

    /** With all that is needed to make it anew. */
    public OpenFileState with(FileDetails how, List<FileLock> held, SignalOwner told) {
        return new OpenFileState(kind, procPath, position, standard, timeout, signalMask, how, held, told);
    }
}
