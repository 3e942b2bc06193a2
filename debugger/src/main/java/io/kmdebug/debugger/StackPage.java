package io.kmdebug.debugger;

import java.util.List;

/**
 * Some consecutive frames of a stack.
 *
 * @param total frames of the whole stack when it has been walked to its end; else one more than was asked for
 */
public record StackPage(List<FrameInfo> frames, int total) {}
