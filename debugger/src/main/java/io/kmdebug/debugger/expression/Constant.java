package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.Type;

/** A literal: its type and its bytes. C17 §6.4.4, §6.4.5. */
@SuppressWarnings("ArrayRecordComponent") // read once by the evaluation, never compared
record Constant(Type type, byte[] bytes) {}
