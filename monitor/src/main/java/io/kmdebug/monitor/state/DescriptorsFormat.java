package io.kmdebug.monitor.state;

import io.kmdebug.monitor.state.FileDetails.Event;
import io.kmdebug.monitor.state.FileDetails.Inherited;
import io.kmdebug.monitor.state.FileDetails.Interest;
import io.kmdebug.monitor.state.FileDetails.Memory;
import io.kmdebug.monitor.state.FileDetails.Named;
import io.kmdebug.monitor.state.FileDetails.Pipe;
import io.kmdebug.monitor.state.FileDetails.Poll;
import io.kmdebug.monitor.state.FileDetails.Signals;
import io.kmdebug.monitor.state.FileDetails.Socket;
import io.kmdebug.monitor.state.FileDetails.SocketOption;
import io.kmdebug.monitor.state.FileDetails.SocketState;
import io.kmdebug.monitor.state.FileDetails.Timer;
import io.kmdebug.monitor.state.FileDetails.Watch;
import io.kmdebug.monitor.state.FileDetails.Watches;
import org.jspecify.annotations.Nullable;

/** The serial form of {@link DescriptorsState}; details begin with the number of their kind. */
final class DescriptorsFormat {
    private static final int NONE = 0;
    private static final int INHERITED = 1;
    private static final int NAMED = 2;
    private static final int MEMORY = 3;
    private static final int PIPE = 4;
    private static final int EVENT = 5;
    private static final int TIMER = 6;
    private static final int SIGNALS = 7;
    private static final int POLL = 8;
    private static final int WATCHES = 9;
    private static final int SOCKET = 10;

    private DescriptorsFormat() {}

    static void write(StateOutput out, DescriptorsState state) {
        out.list(
                state.slots(),
                (o, slot) -> o.u4(slot.fd())
                        .u4(slot.hostFd())
                        .flag(slot.closeOnExec())
                        .u4(slot.file()));
        out.list(state.files(), DescriptorsFormat::writeFile);
    }

    static DescriptorsState read(StateInput in) throws CorruptState {
        var slots = in.list(
                "descriptor",
                i -> new DescriptorsState.Slot(
                        i.u4("fd"), i.u4("host fd"), i.flag("close-on-exec"), i.u4("file of fd")));
        var files = in.list("open file", DescriptorsFormat::readFile);
        for (DescriptorsState.Slot slot : slots) {
            if (slot.file() < 0 || slot.file() >= files.size()) {
                throw in.wrong("file of fd " + slot.fd(), slot.file(), "less than " + files.size());
            }
        }
        return new DescriptorsState(slots, files);
    }

    private static void writeFile(StateOutput out, OpenFileState file) {
        out.text(file.kind())
                .optionalText(file.procPath())
                .u4(file.position())
                .u4(file.standard())
                .flag(file.timeout());
        out.u8(file.signalMask());
        writeDetails(out, file.details());
        out.list(
                file.locks(),
                (o, lock) -> o.u1(lock.kind().ordinal())
                        .flag(lock.write())
                        .u8(lock.start())
                        .u8(lock.end()));
        out.u1(file.owner().who().ordinal()).u4(file.owner().signal());
    }

    private static FileLock readLock(StateInput in) throws CorruptState {
        FileLock.Kind kind = constant(in, "kind of lock", FileLock.Kind.values());
        return new FileLock(kind, in.flag("lock for writing"), in.u8("lock start"), in.u8("lock end"));
    }

    private static <T> T constant(StateInput in, String field, T[] all) throws CorruptState {
        int number = in.u1(field);
        if (number >= all.length) throw in.wrong(field, number, "less than " + all.length);
        return all[number];
    }

    private static OpenFileState readFile(StateInput in) throws CorruptState {
        return new OpenFileState(
                in.text("file kind"),
                in.optionalText("proc path"),
                in.u4("position"),
                in.u4("standard number"),
                in.flag("timeout"),
                in.u8("signal mask"),
                readDetails(in),
                in.list("lock", DescriptorsFormat::readLock),
                new SignalOwner(
                        constant(in, "owner for signals", SignalOwner.Who.values()), in.u4("signal of the owner")));
    }

    private static void writeDetails(StateOutput out, @Nullable FileDetails details) {
        if (details == null) out.u1(NONE);
        else if (details instanceof Inherited i) out.u1(INHERITED).u4(i.flags()).u4(i.standardFd());
        else if (details instanceof Named n) {
            out.u1(NAMED).u4(n.flags()).text(n.path()).u8(n.offset());
            FileIdentity identity = n.identity();
            out.u8(identity.device()).u8(identity.inode()).u4(identity.mode());
            out.u8(identity.size()).u8(identity.modified());
        } else if (details instanceof Memory m) {
            out.u1(MEMORY)
                    .u4(m.flags())
                    .text(m.name())
                    .u8(m.offset())
                    .u4(m.seals())
                    .bytes(m.content());
        } else if (details instanceof Pipe p) {
            out.u1(PIPE)
                    .u4(p.flags())
                    .u8(p.pipe())
                    .flag(p.writeEnd())
                    .u4(p.capacity())
                    .bytes(p.data());
        } else if (details instanceof Event e) {
            out.u1(EVENT).u4(e.flags()).u8(e.count()).flag(e.semaphore());
        } else if (details instanceof Timer t) {
            out.u1(TIMER).u4(t.flags()).u4(t.clock()).u8(t.ticks()).u8(t.left()).u8(t.interval());
        } else if (details instanceof Signals s) out.u1(SIGNALS).u4(s.flags());
        else if (details instanceof Poll p) {
            out.u1(POLL)
                    .u4(p.flags())
                    .list(
                            p.interests(),
                            (o, one) -> o.u4(one.fd()).u4(one.events()).u8(one.data()));
        } else if (details instanceof Watches w) {
            out.u1(WATCHES)
                    .u4(w.flags())
                    .list(
                            w.watches(),
                            (o, one) -> o.u4(one.number()).text(one.path()).u4(one.mask()));
        } else if (details instanceof Socket s) writeSocket(out.u1(SOCKET), s);
    }

    private static void writeSocket(StateOutput out, Socket s) {
        out.u4(s.flags()).u4(s.domain()).u4(s.type()).u4(s.protocol());
        out.u1(s.state().ordinal())
                .u4(s.backlog())
                .bytes(s.local())
                .bytes(s.peer())
                .u8(s.pair());
        out.list(s.data(), StateOutput::bytes);
        out.list(
                s.options(),
                (o, option) -> o.u4(option.level()).u4(option.name()).bytes(option.value()));
    }

    private static @Nullable FileDetails readDetails(StateInput in) throws CorruptState {
        int kind = in.u1("kind of details");
        if (kind == NONE) return null;
        int flags = in.u4("file flags");
        return switch (kind) {
            case INHERITED -> new Inherited(flags, in.u4("standard fd"));
            case NAMED ->
                new Named(
                        flags,
                        in.text("path"),
                        in.u8("offset"),
                        new FileIdentity(
                                in.u8("device"), in.u8("inode"), in.u4("mode"), in.u8("size"), in.u8("modified")));
            case MEMORY -> new Memory(flags, in.text("memfd"), in.u8("offset"), in.u4("seals"), in.bytes("content"));
            case PIPE -> new Pipe(flags, in.u8("pipe"), in.flag("write end"), in.u4("capacity"), in.bytes("pipe data"));
            case EVENT -> new Event(flags, in.u8("count"), in.flag("semaphore"));
            case TIMER -> new Timer(flags, in.u4("clock"), in.u8("ticks"), in.u8("time left"), in.u8("interval"));
            case SIGNALS -> new Signals(flags);
            case POLL ->
                new Poll(
                        flags,
                        in.list("interest", i -> new Interest(i.u4("interest fd"), i.u4("events"), i.u8("data"))));
            case WATCHES ->
                new Watches(
                        flags,
                        in.list(
                                "watch",
                                i -> new Watch(i.u4("watch number"), i.text("watch path"), i.u4("watch mask"))));
            case SOCKET -> readSocket(in, flags);
            default -> throw in.wrong("kind of details", kind, "0 to " + SOCKET);
        };
    }

    private static Socket readSocket(StateInput in, int flags) throws CorruptState {
        int domain = in.u4("domain");
        int type = in.u4("type");
        int protocol = in.u4("protocol");
        SocketState state = constant(in, "socket state", SocketState.values());
        return new Socket(
                flags,
                domain,
                type,
                protocol,
                state,
                in.u4("backlog"),
                in.bytes("local address"),
                in.bytes("peer address"),
                in.u8("socket pair"),
                in.list("socket data", i -> i.bytes("message")),
                in.list(
                        "socket option",
                        i -> new SocketOption(i.u4("option level"), i.u4("option name"), i.bytes("option value"))));
    }
}
