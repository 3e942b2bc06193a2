package io.kmdebug.debugger.value;

import java.util.Optional;

/**
 * What a value stands for, to those who use its type and did not write it: a list's elements and not its nodes. Made for
 * one value and used while the payload stands. Nothing is read before it is asked for. What is in the payload may be
 * anything: a value that cannot be what its type says ends every method with {@link NotInitialised}, and any other
 * exception is taken as that too.
 */
public interface Presentation {
    /** Writes one line. */
    void summarize(Summary out);

    /**
     * What is below the line; {@code [raw]} follows behind it. Counting must be quick. {@code [i]} in an expression gives
     * child {@code i} of those that are elements, or the value under that key.
     */
    default Children children() {
        return Children.NONE;
    }

    /** What {@code *} and {@code ->} give, for what behaves as a pointer. */
    default Optional<Value> target() {
        return Optional.empty();
    }

    /**
     * Another value that is shown in this one's place, with its children: for what is seen through, and for what a
     * pointer really points to.
     */
    default Optional<Value> standsFor() {
        return Optional.empty();
    }

    /** Whether {@link #standsFor} may take a while, so that it waits until somebody looks at the children. */
    default boolean isAnother() {
        return false;
    }

    /** Whether the members are not among the children, so that {@code [raw]} is worth a line. */
    default boolean hidesMembers() {
        return true;
    }

    /** The type's name where it should not be shown as it is spelled in the debug information. */
    default Optional<String> typeName() {
        return Optional.empty();
    }
}
