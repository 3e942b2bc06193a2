package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import java.util.OptionalLong;

/** The thread that an expression looks at. */
@FunctionalInterface
public interface ThreadView {
    /** No thread: what is thread-local has no place. */
    ThreadView NONE = image -> () -> new ThreadLocals.Block.Unknown("thread-local, and no thread is chosen");

    /** The image's thread-local storage. */
    ThreadLocals threadLocals(Unwinder.Image image);

    /** The address of the C library's errno, an {@code int}; empty where nothing tells it. */
    default OptionalLong errno() {
        return OptionalLong.empty();
    }
}
