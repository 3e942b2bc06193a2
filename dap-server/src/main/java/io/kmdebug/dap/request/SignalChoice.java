package io.kmdebug.dap.request;

import java.util.Set;

/**
 * At which signals the user wants to stop.
 *
 * @param fatal at those that end the payload, whichever they are
 * @param numbers at these in any case
 */
record SignalChoice(boolean fatal, Set<Integer> numbers) {
    static final SignalChoice DEFAULT = new SignalChoice(true, Set.of());
}
