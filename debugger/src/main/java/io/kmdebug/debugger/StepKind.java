package io.kmdebug.debugger;

/** How far to go. */
public enum StepKind {
    /** To the next line, into functions that have lines. */
    INTO,
    /** To the next line of the same frame, or the caller's. */
    OVER,
    /** Until the frame returns. */
    OUT,
    /** One instruction. */
    INSTRUCTION,
    /** One instruction, over calls. */
    INSTRUCTION_OVER
}
