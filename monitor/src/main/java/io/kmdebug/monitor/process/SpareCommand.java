package io.kmdebug.monitor.process;

import java.util.List;

/**
 * How another monitor like this one is started. Texts carry bytes in ISO-8859-1.
 *
 * @param path of the Java runtime's executable
 * @param arguments its command line, argv[0] first
 * @param environment "NAME=value"
 * @param mask blocked signals
 * @param log descriptor of the monitor's log, which becomes the other's; -1: none
 */
public record SpareCommand(String path, List<String> arguments, List<String> environment, long mask, int log) {

    /** Told when the first spare is wanted, since it takes reading files. */
    public interface Source {
        SpareCommand get();
    }
}
