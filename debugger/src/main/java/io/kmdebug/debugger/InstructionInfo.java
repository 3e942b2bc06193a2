package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * A disassembled instruction.
 *
 * @param bytes its encoding; empty where memory is not readable
 * @param text mnemonic and operands, or "??" where invalid
 * @param symbol "main+4", or null
 */
@SuppressWarnings("ArrayRecordComponent") // handed to one caller and never compared
public record InstructionInfo(
        long address,
        byte[] bytes,
        String text,
        @Nullable String symbol,
        @Nullable SourceLocation location,
        boolean valid) {}
