package io.kmdebug.monitor.process;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.LastSignal;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A spare that is a process of the payload's already, while that one's thread still runs in its parent's monitor. */
final class Reserved {
    private static final int NR_SETPGID = 109;
    private static final int ARGUMENTS = 3;

    private Reserved() {}

    /** Serves the parent's monitor until the process has a program of its own; returns the order for that. */
    static Channel.Message serve(Channel channel, Channel.Message first) throws IOException {
        Native.syscall(NR_SETPGID, 0, ByteBuffer.wrap(first.bytes()).getInt());
        while (true) {
            Channel.Message message = channel.receive();
            ByteBuffer in = ByteBuffer.wrap(message.bytes());
            switch (message.kind()) {
                case Message.CALL -> {
                    long result = call(in, message.descriptors());
                    channel.send(
                            Message.RESULT,
                            ByteBuffer.allocate(8).putLong(result).array());
                }
                case Message.EXIT -> HostCall.exitGroup(in.getInt());
                case Message.KILLED -> LastSignal.raise(in.getInt());
                case Message.EXEC -> {
                    return message;
                }
                default -> throw new IOException("message " + message.kind() + " to a reserved monitor");
            }
        }
    }

    /** A pointer argument is one to an int that is given instead: {@link VforkChild} marks it by its number. */
    private static long call(ByteBuffer in, int[] descriptors) {
        int number = (int) in.getLong();
        long[] arguments = new long[ARGUMENTS];
        for (int i = 0; i < ARGUMENTS; i++) arguments[i] = in.getLong();
        if (descriptors.length == 0) return Native.syscall(number, arguments);
        long pointed = HostMemory.allocate(8);
        try {
            HostMemory.putInt(pointed, (int) arguments[2]);
            boolean byAddress = arguments[0] != 0;
            return Native.syscall(number, descriptors[0], arguments[1], byAddress ? pointed : arguments[2]);
        } finally {
            HostMemory.free(pointed);
            for (int descriptor : descriptors) HostCall.close(descriptor);
        }
    }
}
