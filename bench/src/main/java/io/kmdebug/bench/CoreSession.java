package io.kmdebug.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A debugger that was just started, with a core to look at. */
interface CoreSession extends AutoCloseable {
    /** Starts one. */
    interface Factory {
        CoreSession start() throws IOException;
    }

    /** Opens the core; returns when its stop is reported. */
    void open(Path program, Path core) throws IOException;

    /** Asks for the stack of the thread that stopped. */
    void stack() throws IOException;

    /** Asks for the locals of its innermost frame with source under {@code folder}. */
    void locals(Path folder) throws IOException;

    /** Asks for the whole stack of every thread, with the locals of every frame. Returns the number of frames. */
    int everything() throws IOException;

    /** Places a breakpoint; fails when it finds no place. */
    void breakAtLine(Path source, int line) throws IOException;

    /** As above, at a function. */
    void breakAtFunction(String name) throws IOException;

    /** Highest resident memory so far of the debugger and what it started, in MiB. */
    double peakMebibytes() throws IOException;

    @Override
    void close() throws IOException;
}
