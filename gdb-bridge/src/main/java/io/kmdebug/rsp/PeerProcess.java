package io.kmdebug.rsp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A child of the target's, or a child's child, that the same client debugs. It has a server half of its own
 * ({@link PacketServer}), to which packets that concern it are passed on. Packets are what is between {@code $} and
 * {@code #}: requests with nothing escaped, replies as they are sent.
 */
public interface PeerProcess {
    /** Who is told of what it says unasked. */
    interface Listener {
        /** The stop reply that ends a resume. Told from any thread. */
        void stopped(byte[] reply);

        /** Output of a {@code monitor} command. */
        void said(String text);
    }

    int pid();

    /** To be called once, before anything else. */
    void listener(Listener told);

    /**
     * Its answer to a packet; for one that resumes it the empty one, and a stop reply later.
     *
     * @throws IOException when it is gone
     */
    byte[] ask(byte[] packet) throws IOException;

    /** Asks for a stop. */
    void interrupt();

    /** The child that a stop of this one told of; each is given away once. */
    @Nullable
    PeerProcess child(int pid);

    /** Lets it go on without a debugger, wherever it is. */
    void letGo();

    /** Ends it. */
    void kill();
}
