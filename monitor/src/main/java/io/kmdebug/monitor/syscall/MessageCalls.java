package io.kmdebug.monitor.syscall;

import static io.kmdebug.monitor.syscall.Errno.EINVAL;
import static io.kmdebug.monitor.syscall.Errno.EMSGSIZE;
import static io.kmdebug.monitor.syscall.Errno.ENOBUFS;
import static io.kmdebug.monitor.syscall.Errno.ENOTSOCK;

/**
 * sendmsg(2), recvmsg(2) and their forms for many messages. {@code struct msghdr}: name 8, namelen 4 + 4, iov 8,
 * iovlen 8, control 8, controllen 8, flags 4 + 4. Descriptors in SCM_RIGHTS messages are translated both ways.
 */
final class MessageCalls implements SyscallGroup {
    private static final int HEADER = 56;
    private static final int HEADER_IN_ARRAY = 64;
    private static final int NAME_LENGTH = 8;
    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int MAX_CONTROL = 1 << 17;
    private static final int CMSG_HEADER = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_PIDFD = 4;
    private static final int MSG_CTRUNC = 8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_WAITFORONE = 0x10000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    private final World world;
    private final FdTable fds;

    MessageCalls(World world, FdTable fds) {
        this.world = world;
        this.fds = fds;
    }

    @Override
    public long call(SyscallThread t, int number, long[] a) {
        try (HeldDescriptors held = new HeldDescriptors(fds)) {
            Descriptor d = held.hold(a[0]);
            if (d.file().kind() != OpenFile.Kind.SOCKET) return -ENOTSOCK;
            return switch (number) {
                case Sys.SENDMSG -> send(t, d, held, a[1], (int) a[2]);
                case Sys.RECVMSG -> receive(t, d, a[1], (int) a[2]);
                case Sys.SENDMMSG -> sendMany(t, d, held, a[1], (int) a[2], (int) a[3]);
                default -> receiveMany(t, d, a);
            };
        }
    }

    private long send(SyscallThread t, Descriptor d, HeldDescriptors held, long pointer, int flags) {
        Scratch scratch = world.scratch();
        GuestMemory memory = t.memory();
        long header = scratch.bytes(memory.read(pointer, HEADER));
        long name = scratch.getLong(header);
        if (name != 0) {
            int length = scratch.getInt(header + NAME_LENGTH);
            scratch.putLong(header, SocketCalls.address(t, scratch, name, length));
        }
        scratch.putLong(header + IOV, vector(memory, scratch, header, Access.READ));
        long control = scratch.getLong(header + CONTROL);
        long controlLength = control == 0 ? 0 : scratch.getLong(header + CONTROL_LENGTH);
        if (Long.compareUnsigned(controlLength, MAX_CONTROL) > 0) return -ENOBUFS;
        if (controlLength > 0) {
            long copy = scratch.bytes(memory.read(control, (int) controlLength));
            toHost(scratch, held, copy, controlLength);
            scratch.putLong(header + CONTROL, copy);
        }
        scratch.putLong(header + CONTROL_LENGTH, controlLength);
        long result = world.blocking(t, SocketCalls.restart(d), Sys.SENDMSG, d.hostFd(), header, flags | MSG_NOSIGNAL);
        return (flags & MSG_NOSIGNAL) != 0 ? result : TransferCalls.raisePipe(t, result);
    }

    private static long vector(GuestMemory memory, Scratch scratch, long header, Access access) {
        long count = scratch.getLong(header + IOV_COUNT);
        if (count < 0 || count > Iovecs.MAX_COUNT) throw new SyscallFailure(EMSGSIZE);
        return Iovecs.toHost(memory, scratch, scratch.getLong(header + IOV), count, access);
    }

    /** Puts host descriptors in place of the payload's. cmsg(3): length 8, level 4, type 4, data, aligned to 8. */
    private static void toHost(Scratch scratch, HeldDescriptors held, long control, long bytes) {
        for (long at = 0; at + CMSG_HEADER <= bytes; ) {
            long length = scratch.getLong(control + at);
            if (length < CMSG_HEADER || length > bytes - at) return;
            if (isRights(scratch, control + at)) {
                for (long fd = at + CMSG_HEADER; fd + 4 <= at + length; fd += 4) {
                    scratch.putInt(
                            control + fd,
                            held.hold(scratch.getInt(control + fd)).hostFd());
                }
            }
            at += length + 7 & ~7L;
        }
    }

    private static boolean isRights(Scratch scratch, long message) {
        return scratch.getInt(message + 8) == SOL_SOCKET && scratch.getInt(message + 12) == SCM_RIGHTS;
    }

    private static boolean isPidfd(Scratch scratch, long message) {
        return scratch.getInt(message + 8) == SOL_SOCKET && scratch.getInt(message + 12) == SCM_PIDFD;
    }

    private long receive(SyscallThread t, Descriptor d, long pointer, int flags) {
        Scratch scratch = world.scratch();
        GuestMemory memory = t.memory();
        byte[] guest = memory.read(pointer, HEADER);
        long header = scratch.bytes(guest);
        long name = scratch.getLong(header);
        int room = scratch.getInt(header + NAME_LENGTH);
        if (name != 0 && room < 0) return -EINVAL;
        long nameBuffer = name == 0 ? 0 : scratch.allocate(SocketCalls.ADDRESS_BYTES);
        scratch.putLong(header, nameBuffer);
        scratch.putInt(header + NAME_LENGTH, name == 0 ? 0 : SocketCalls.ADDRESS_BYTES);
        scratch.putLong(header + IOV, vector(memory, scratch, header, Access.WRITE));
        long control = scratch.getLong(header + CONTROL);
        long controlRoom =
                control == 0 ? 0 : Math.min(scratch.getLong(header + CONTROL_LENGTH) & Long.MAX_VALUE, MAX_CONTROL);
        long controlBuffer = controlRoom == 0 ? 0 : scratch.allocate(controlRoom);
        scratch.putLong(header + CONTROL, controlBuffer);
        scratch.putLong(header + CONTROL_LENGTH, controlRoom);

        long result =
                world.blocking(t, SocketCalls.restart(d), Sys.RECVMSG, d.hostFd(), header, flags | MSG_CMSG_CLOEXEC);
        if (result < 0) return result;

        int outFlags = scratch.getInt(header + FLAGS);
        if ((flags & MSG_CMSG_CLOEXEC) == 0) outFlags &= ~MSG_CMSG_CLOEXEC;
        long used = scratch.getLong(header + CONTROL_LENGTH);
        if (controlRoom > 0) {
            used = toPayload(scratch, controlBuffer, used, (flags & MSG_CMSG_CLOEXEC) != 0);
            if (used < 0) outFlags |= MSG_CTRUNC;
            used &= Long.MAX_VALUE;
            memory.write(control, scratch.read(controlBuffer, (int) used));
        }
        if (name != 0) {
            int length = scratch.getInt(header + NAME_LENGTH);
            memory.write(name, scratch.read(nameBuffer, Math.min(length, Math.min(room, SocketCalls.ADDRESS_BYTES))));
            memory.writeInt(pointer + NAME_LENGTH, length);
        }
        memory.writeLong(pointer + CONTROL_LENGTH, used);
        memory.writeInt(pointer + FLAGS, outFlags);
        return result;
    }

    /**
     * Gives received descriptors numbers of the payload. Those that find no room are closed, the messages behind them
     * move up.
     *
     * @return bytes of messages now; the sign bit is set when some found no room
     */
    private long toPayload(Scratch scratch, long control, long bytes, boolean closeOnExec) {
        long out = 0;
        long lost = 0;
        for (long at = 0; at + CMSG_HEADER <= bytes; ) {
            long length = scratch.getLong(control + at);
            if (length < CMSG_HEADER || length > bytes - at) break;
            long next = at + (length + 7 & ~7L);
            long kept = length;
            if (isRights(scratch, control + at) || isPidfd(scratch, control + at)) {
                kept = CMSG_HEADER;
                for (long fd = at + CMSG_HEADER; fd + 4 <= at + length; fd += 4) {
                    int hostFd = scratch.getInt(control + fd);
                    long number = hostFd < 0 ? hostFd : fds.install(hostFd, fds.describe(hostFd), closeOnExec);
                    if (number < 0 && hostFd >= 0) {
                        lost = Long.MIN_VALUE;
                        continue;
                    }
                    scratch.putInt(control + at + kept, (int) number);
                    kept += 4;
                }
                scratch.putLong(control + at, kept);
            }
            if (kept > CMSG_HEADER || length == CMSG_HEADER) {
                if (out < at) scratch.copy(control + at, control + out, kept);
                out = Math.min(bytes, out + (kept + 7 & ~7L));
            }
            at = next;
        }
        return out | lost;
    }

    private long sendMany(SyscallThread t, Descriptor d, HeldDescriptors held, long pointer, int count, int flags) {
        int most = (int) Math.min(Integer.toUnsignedLong(count), Iovecs.MAX_COUNT);
        for (int sent = 0; sent < most; sent++) {
            long at = pointer + (long) HEADER_IN_ARRAY * sent;
            long result;
            try {
                result = send(t, d, held, at, flags);
            } catch (SyscallFailure | GuestFault failure) {
                if (sent > 0) return sent;
                throw failure;
            }
            if (result < 0) return sent > 0 ? sent : result;
            t.memory().writeInt(at + HEADER, (int) result);
        }
        return most;
    }

    private long receiveMany(SyscallThread t, Descriptor d, long[] a) {
        int most = (int) Math.min(Integer.toUnsignedLong((int) a[2]), Iovecs.MAX_COUNT);
        int flags = (int) a[3] & ~MSG_WAITFORONE;
        long timeout = a[4] == 0 ? Timespec.FOREVER : Timespec.read(t.memory(), a[4]);
        long deadline = Timespec.after(world.monotonic(), timeout);
        int received = 0;
        while (received < most) {
            long at = a[1] + (long) HEADER_IN_ARRAY * received;
            long result;
            try {
                result = receive(t, d, at, flags);
            } catch (SyscallFailure | GuestFault failure) {
                if (received > 0) return received;
                throw failure;
            }
            if (result < 0) {
                if (received == 0) return result;
                break;
            }
            t.memory().writeInt(at + HEADER, (int) result);
            received++;
            if ((a[3] & MSG_WAITFORONE) != 0) flags |= MSG_DONTWAIT;
            if (Timespec.left(world.monotonic(), deadline) == 0) break;
        }
        if (a[4] != 0 && timeout != Timespec.FOREVER) {
            Timespec.write(t.memory(), a[4], Timespec.left(world.monotonic(), deadline));
        }
        return received;
    }
}
