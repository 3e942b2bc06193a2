package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A child's side of {@link Children}: does what the parent asks until the payload calls exec. */
final class ParentLine implements Runnable {
    private static final int NR_SETPGID = 109;

    private final Channel channel;
    private boolean ended;

    ParentLine(Channel channel) {
        this.channel = channel;
    }

    void start() {
        Thread thread = new Thread(null, this, "km-parent", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (true) {
                Channel.Message message = channel.receive(Message.SET_GROUP);
                long result;
                synchronized (this) {
                    if (ended) break;
                    int group = ByteBuffer.wrap(message.bytes()).getInt();
                    result = Native.syscall(NR_SETPGID, 0, group);
                }
                channel.send(
                        Message.RESULT, ByteBuffer.allocate(8).putLong(result).array());
            }
        } catch (IOException over) {
            // the parent has ended, or the payload has called exec
        }
        channel.close();
    }

    /** From now on the parent is refused. */
    synchronized void end() {
        ended = true;
        channel.shutDown();
    }
}
