package io.kmdebug.symbols;

import java.util.OptionalLong;

/**
 * Where those data of an image are that do not lie in the image itself: thread-local storage, in one thread, and objects
 * that the executable has copied. Looked for when a variable is asked for.
 */
@FunctionalInterface
public interface ThreadLocals {
    /** Where the image's thread-local block is. */
    sealed interface Block {
        /** At a run-time address. */
        record At(long address) implements Block {}

        /**
         * The thread has not used it: it is made at the first use, as a copy of the template.
         *
         * @param template run-time address of the initialised bytes
         * @param initialized how many there are
         * @param size of the whole block; what is behind the initialised bytes is zero
         */
        record Untouched(long template, long initialized, long size) implements Block {}

        /** Not to be found; the reason is for the user. */
        record Unknown(String reason) implements Block {}
    }

    Block block();

    /**
     * Where the object at a run-time address of the image really is: an executable may have a copy of a library's object,
     * which the library uses as well (R_X86_64_COPY: SysV amd64 §4.4.1).
     */
    default long moved(long address) {
        return address;
    }

    /** Where it begins, when that is known already. */
    static ThreadLocals at(OptionalLong start) {
        Block block = start.isPresent()
                ? new Block.At(start.getAsLong())
                : new Block.Unknown("the address of thread-local storage is not known");
        return () -> block;
    }
}
