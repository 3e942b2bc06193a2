package io.kmdebug.dap.request;

import org.jspecify.annotations.Nullable;

/** The way from a conversation to its client, and to its own queue of work. */
public interface Outlet {
    /** Sends an event; one raised while a request runs goes out after the response. */
    void event(String name, @Nullable Object body);

    /** Sends an event now, whatever runs: for the payload's output, which may be long in coming. */
    void eventAtOnce(String name, @Nullable Object body);

    /** Runs {@code work} on the conversation's queue, after what is there already. */
    void later(Runnable work);

    /** Takes a request that has not begun out of the queue and answers it as cancelled. */
    boolean cancel(int requestSeq);

    /** Ends the conversation once the response to the present request is out. */
    void end();
}
