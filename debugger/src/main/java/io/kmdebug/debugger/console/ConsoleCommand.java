package io.kmdebug.debugger.console;

import io.kmdebug.debugger.Session;

/** A command of the debug console. A failure is a {@link io.kmdebug.debugger.DebuggerException} for the user. */
interface ConsoleCommand {
    /** The word by which it is called. */
    String name();

    /** The whole line that it takes: {@code core [FILE]}. */
    String usage();

    /** What it does, in a few words. */
    String summary();

    /**
     * Does it.
     *
     * @param argument what stands behind the word; may be empty
     * @param frameId of the frame that is looked at, or 0
     * @return what it has to say, without a line end
     */
    String run(String argument, int frameId, Session session);
}
