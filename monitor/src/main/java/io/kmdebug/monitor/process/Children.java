package io.kmdebug.monitor.process;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Children that have not called exec yet. A parent may still change their process group; the kernel takes their monitors
 * for programs of their own and refuses, so they are asked to do it themselves.
 */
final class Children {
    private static final int EACCES = 13;

    private final Map<Integer, Channel> channels = new TreeMap<>();

    synchronized void add(int pid, Channel channel) {
        for (Iterator<Channel> all = channels.values().iterator(); all.hasNext(); ) {
            Channel one = all.next();
            if (!one.isOver()) continue;
            one.close();
            all.remove();
        }
        channels.put(pid, channel);
    }

    /** A wait told of this child; it may have ended. */
    synchronized void waited(int pid) {
        Channel channel = channels.get(pid);
        if (channel == null || !channel.isOver()) return;
        channels.remove(pid);
        channel.close();
    }

    /** setpgid(2) of a child: 0, or minus an errno. EACCES when it has called exec. */
    synchronized long changeGroup(int pid, int group) {
        Channel channel = channels.get(pid);
        if (channel == null) return -EACCES;
        try {
            channel.send(Message.SET_GROUP, ByteBuffer.allocate(4).putInt(group).array());
            Channel.Message answer = channel.receive(Message.RESULT);
            return new DataInputStream(new ByteArrayInputStream(answer.bytes())).readLong();
        } catch (IOException gone) {
            channels.remove(pid);
            channel.close();
            return -EACCES;
        }
    }
}
