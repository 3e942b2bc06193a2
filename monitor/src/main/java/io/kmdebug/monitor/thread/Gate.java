package io.kmdebug.monitor.thread;

/** What a payload thread waits for that another one does; to the others it is at rest meanwhile. */
public final class Gate {
    private final PayloadThread waiting;
    private volatile boolean open;

    /** @param waiting the thread that is going to wait */
    public Gate(PayloadThread waiting) {
        this.waiting = waiting;
    }

    /** Lets it go; from any thread, any number of times. */
    public void open() {
        open = true;
        waiting.tell();
    }

    boolean isOpen() {
        return open;
    }

    /** To be called on the waiting thread. False when it is to end. */
    public boolean await() {
        return waiting.awaitGate(this);
    }
}
