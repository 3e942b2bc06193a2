package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.process.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One end of the line between a child and the monitor that serves the debugger's client. Requests go down, and each has an
 * answer; stops, output and further children come up by themselves.
 */
final class ChildLink {
    /** Down: a packet to be answered. */
    static final int ASK = 1;
    /** Down: stop as soon as possible. */
    static final int INTERRUPT = 2;
    /** Down: go on without a debugger. */
    static final int LET_GO = 3;
    /** Down: end at once. */
    static final int KILL = 4;
    /** Up: the answer to a packet. */
    static final int ANSWER = 5;
    /** Up: a stop reply. */
    static final int STOP = 6;
    /** Up: text for the debugger's console. */
    static final int OUTPUT = 7;
    /** Up: a child of the child's, pid u32, and the end of its line. */
    static final int CHILD = 8;
    /** Up: the process goes on in another monitor; the end of the line to that. Nothing follows. */
    static final int MOVED = 9;

    private final Channel channel;

    ChildLink(Channel channel) {
        this.channel = channel;
    }

    synchronized void send(int kind, byte[] bytes, int... descriptors) throws IOException {
        channel.send(kind, bytes, descriptors);
    }

    void sendChild(int pid, int descriptor) throws IOException {
        send(CHILD, ByteBuffer.allocate(4).putInt(pid).array(), descriptor);
    }

    Channel.Message receive() throws IOException {
        return channel.receive();
    }

    /** Whoever receives, at either end, is told that it is over. */
    void shutDown() {
        channel.shutDown();
    }

    void close() {
        channel.close();
    }
}
