package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostProcess;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Children that have not called exec yet. A parent may still change their process group; the kernel takes their monitors
 * for programs of their own and refuses, so they are asked to do it themselves.
 */
final class Children {
    private static final int NR_GETPGID = 121;
    private static final int EACCES = 13;
    private static final int LOOK_MILLIS = 20;

    private final Map<Integer, Channel> channels = new TreeMap<>();
    /** Answers that are still to come, of children that were stopped when they were asked. */
    private final Map<Integer, Integer> owed = new HashMap<>();

    synchronized void add(int pid, Channel channel) {
        for (Iterator<Channel> all = channels.values().iterator(); all.hasNext(); ) {
            Channel one = all.next();
            if (!one.isOver()) continue;
            one.close();
            all.remove();
        }
        owed.keySet().retainAll(channels.keySet());
        channels.put(pid, channel);
    }

    /** A wait told of this child; it may have ended. */
    synchronized void waited(int pid) {
        Channel channel = channels.get(pid);
        if (channel == null || !channel.isOver()) return;
        channels.remove(pid);
        channel.close();
    }

    /**
     * setpgid(2) of a child: 0, or minus an errno. EACCES when it has called exec. A child that is stopped does it before
     * anything else when it is continued.
     */
    synchronized long changeGroup(int pid, int group) {
        Channel channel = channels.get(pid);
        if (channel == null) return -EACCES;
        // shells have the parent and the child do it, and a child in the background may be stopped at once
        if (Native.syscall(NR_GETPGID, pid) == (group == 0 ? pid : group)) return 0;
        try {
            channel.send(Message.SET_GROUP, ByteBuffer.allocate(4).putInt(group).array());
            int answers = owed.getOrDefault(pid, 0) + 1;
            while (true) {
                if (channel.awaitInput(LOOK_MILLIS)) {
                    Channel.Message answer = channel.receive(Message.RESULT);
                    answers--;
                    owed.put(pid, answers);
                    if (answers == 0) return ByteBuffer.wrap(answer.bytes()).getLong();
                } else if (HostProcess.isStopped(pid)) {
                    owed.put(pid, answers);
                    return 0;
                }
            }
        } catch (IOException gone) {
            channels.remove(pid);
            owed.remove(pid);
            channel.close();
            return -EACCES;
        }
    }
}
