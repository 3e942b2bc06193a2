package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreNote;
import io.kmdebug.coredump.KmSnapshotNote;
import io.kmdebug.coredump.KmSnapshotNote.How;
import io.kmdebug.monitor.signal.SignalAction;
import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.FileDetails;
import io.kmdebug.monitor.state.OpenFileState;
import io.kmdebug.monitor.state.ProcessState;
import io.kmdebug.monitor.state.SignalState;
import io.kmdebug.monitor.state.StateFormat;
import io.kmdebug.monitor.state.ThreadSignalState;
import io.kmdebug.monitor.state.ThreadState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot's notes behind those of a core. Those of the owner "KMSP" say in KM's own layouts what KM keeps; those of
 * the owner "KMDB" hold the whole state, which a resume reads, and which snapshot it is.
 */
final class SnapshotNotes {
    static final String OWNER = "KMDB";
    /** A {@link ProcessState}. */
    static final int STATE = 1;
    /** An {@link Identity}. */
    static final int IDENTITY = 2;
    /** Where packed memory is: {@link PackedPages}. */
    static final int PACKED = 3;

    private static final int KM_OPEN = 0;
    private static final int KM_BOUND = 1;
    private static final int KM_LISTENING = 2;
    private static final int KM_CONNECTED = 4;
    private static final int KM_ERROR = 5;

    private final ProcessState state;
    private final List<CoreNote> notes = new ArrayList<>();

    private SnapshotNotes(ProcessState state) {
        this.state = state;
    }

    /** @param images KM's notes about the program and its dynamic linker */
    static List<CoreNote> of(
            ProcessState state, List<CoreNote> images, Identity identity, String label, String description)
            throws IOException {
        SnapshotNotes made = new SnapshotNotes(state);
        made.threads();
        made.notes.addAll(images);
        made.descriptors();
        made.notes.add(KmSnapshotNote.noIoContexts());
        made.actions();
        long heapEnd = state.memory().heapEnd();
        made.notes.add(CoreNote.monitor(heapEnd, state.memory().mappingTop(), label, description));
        made.notes.add(new CoreNote(OWNER, STATE, StateFormat.write(state)));
        made.notes.add(new CoreNote(OWNER, IDENTITY, identity.encode()));
        return made.notes;
    }

    private void threads() {
        for (ThreadState thread : state.threads()) {
            ThreadSignalState signals = thread.signals();
            notes.add(KmSnapshotNote.vcpu(
                    thread.tid(),
                    thread.fsBase(),
                    thread.clearChildTid(),
                    signals.alternate().address(),
                    signals.alternate().flags(),
                    signals.alternate().size(),
                    thread.xsave()));
        }
    }

    private void descriptors() {
        DescriptorsState descriptors = state.descriptors();
        List<List<Integer>> groups = new ArrayList<>();
        for (int file = 0; file < descriptors.files().size(); file++) {
            List<Integer> numbers = new ArrayList<>();
            for (DescriptorsState.Slot slot : descriptors.slots()) if (slot.file() == file) numbers.add(slot.fd());
            if (numbers.size() > 1) groups.add(numbers);
        }
        notes.add(KmSnapshotNote.duplicates(groups));
        for (int file = 0; file < descriptors.files().size(); file++) {
            for (DescriptorsState.Slot slot : descriptors.slots()) {
                if (slot.file() != file) continue;
                file(slot.fd(), descriptors.files().get(file));
                break;
            }
        }
    }

    private void file(int fd, OpenFileState file) {
        FileDetails details = file.details();
        byte[] none = new byte[0];
        if (details instanceof FileDetails.Named n) {
            int mode = n.identity().mode();
            notes.add(KmSnapshotNote.file(fd, How.OPEN, n.flags(), mode, 0, n.offset(), n.path(), none));
        } else if (details instanceof FileDetails.Inherited i) {
            notes.add(KmSnapshotNote.file(fd, How.OPEN, i.flags(), 0, 0, 0, "", none));
        } else if (details instanceof FileDetails.Memory m) {
            notes.add(KmSnapshotNote.file(fd, How.OPEN, m.flags(), 0, 0, m.offset(), "/memfd:" + m.name(), none));
        } else if (details instanceof FileDetails.Pipe p) {
            How how = p.writeEnd() ? How.PIPE_WRITE_END : How.PIPE_READ_END;
            notes.add(KmSnapshotNote.file(fd, how, p.flags(), 0, p.capacity(), otherEnd(p), "", p.data()));
        } else if (details instanceof FileDetails.Event e) {
            notes.add(KmSnapshotNote.event(fd, e.flags(), e.count()));
        } else if (details instanceof FileDetails.Timer t) {
            notes.add(KmSnapshotNote.file(fd, How.TIMERFD, t.flags(), 0, 0, t.left(), "", none));
        } else if (details instanceof FileDetails.Poll p) {
            List<KmSnapshotNote.Interest> interests = new ArrayList<>();
            for (FileDetails.Interest one : p.interests()) {
                interests.add(new KmSnapshotNote.Interest(one.fd(), one.events(), one.data()));
            }
            notes.add(KmSnapshotNote.epoll(fd, p.flags(), interests));
        } else if (details instanceof FileDetails.Socket s) {
            socket(fd, s);
        }
    }

    private int otherEnd(FileDetails.Pipe pipe) {
        for (DescriptorsState.Slot slot : state.descriptors().slots()) {
            FileDetails other = state.descriptors().files().get(slot.file()).details();
            boolean same =
                    other instanceof FileDetails.Pipe p && p.pipe() == pipe.pipe() && p.writeEnd() != pipe.writeEnd();
            if (same) return slot.fd();
        }
        return -1;
    }

    private void socket(int fd, FileDetails.Socket s) {
        int kmState = switch (s.state()) {
            case NEW -> KM_OPEN;
            case BOUND -> KM_BOUND;
            case LISTENING -> KM_LISTENING;
            case CONNECTED, PAIRED, ORPHANED -> KM_CONNECTED;
            case RESET -> KM_ERROR;
        };
        byte[] data = s.data().isEmpty() ? new byte[0] : s.data().get(0);
        How how = s.pair() == 0 ? How.SOCKET : How.SOCKETPAIR_FIRST;
        notes.add(KmSnapshotNote.socket(
                fd, how, kmState, s.backlog(), s.domain(), s.type(), s.protocol(), -1, s.local(), data));
    }

    private void actions() {
        for (int signal = 1; signal <= SignalState.SIGNALS; signal++) {
            SignalAction action = state.signals().actions().get(signal - 1);
            if (action.handler() == SignalAction.DEFAULT) continue;
            notes.add(KmSnapshotNote.signalAction(
                    signal, action.handler(), action.flags(), action.mask(), action.restorer()));
        }
    }
}
