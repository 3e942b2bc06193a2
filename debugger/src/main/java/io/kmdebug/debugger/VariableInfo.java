package io.kmdebug.debugger;

import org.jspecify.annotations.Nullable;

/**
 * A variable, member, element or register with its value in text.
 *
 * @param value one line; where there is no value, the reason in angle brackets: {@code <optimized out>}
 * @param available whether {@code value} is a value
 * @param reference for {@link Session#variables} of its children; 0 for none
 * @param indexedCount how many of the children are array elements
 * @param namedCount how many are members
 * @param memoryReference "0x..." of the value (of its target for pointers), or null
 * @param evaluateName an expression that gives this value, or null
 */
public record VariableInfo(
        String name,
        String value,
        @Nullable String type,
        boolean available,
        int reference,
        int indexedCount,
        int namedCount,
        @Nullable String memoryReference,
        @Nullable String evaluateName) {}
