package io.kmdebug.dap.request;

import org.eclipse.lsp4j.debug.Capabilities;
import org.jspecify.annotations.Nullable;

/**
 * One DAP request. A failure is an exception whose message is for the user; it fails this request and nothing else.
 *
 * @param <A> its arguments: a type of lsp4j, or JsonObject where the adapter defines them
 * @param <R> the body of its response; Void for none
 */
public interface RequestHandler<A, R> {
    /** The name on the wire. */
    String command();

    Class<A> argumentType();

    @Nullable
    R handle(A arguments, Conversation conversation);

    /** Sets what this handler adds to the capabilities; the advertised ones are the union over all handlers. */
    default void declare(Capabilities capabilities) {}

    /** For the reference, docs/dap.md: what a user or client author should know. */
    default String notes() {
        return "";
    }

    default Turn turn() {
        return Turn.IN_ORDER;
    }

    /** When a request runs, relative to those that came before it. */
    enum Turn {
        /** After them. */
        IN_ORDER,
        /** After them; but if one of them is running now, it is told to come to an end. */
        INTERRUPTS,
        /** After them; one that does not come to an end in time is cut off. */
        ENDS,
        /** At once, beside whatever runs. */
        AT_ONCE
    }
}
