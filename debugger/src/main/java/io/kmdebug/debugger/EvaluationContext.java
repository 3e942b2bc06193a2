package io.kmdebug.debugger;

/** Who asks for a value. Only {@link #REPL} may change anything. */
public enum EvaluationContext {
    WATCH,
    HOVER,
    REPL,
    VARIABLES,
    CLIPBOARD
}
