package io.kmdebug.debugger;

import java.util.List;

/**
 * A core of a process that goes on.
 *
 * @param path absolute; of a core that a stub has written on its own host
 * @param notes what is missing in it, a sentence each
 */
public record SavedCore(String path, List<String> notes) {}
