package io.kmdebug.rsp;

import io.kmdebug.rsp.RspException.Kind;
import io.kmdebug.rsp.StubTarget.Action;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Words a resume for the server at hand: {@code vCont} with or without range steps, or the older letters. */
final class ClientResume {
    private final ClientConnection connection;
    private final PacketWriter request;
    private final ServerFeatures features;
    private final PacketWriter last = new PacketWriter();
    private @Nullable Set<String> offered;
    private List<ThreadAction> actions = List.of();

    ClientResume(ClientConnection connection, PacketWriter request, ServerFeatures features) {
        this.features = features;
        this.connection = connection;
        this.request = request;
    }

    /** The last resume, for messages. */
    PacketWriter packet() {
        return last;
    }

    List<ThreadAction> actions() {
        return actions;
    }

    /** The action of {@code tid}: its own or that of all others; null when it stays stopped. */
    static @Nullable Action actionOf(List<ThreadAction> actions, int tid) {
        Action others = null;
        for (ThreadAction action : actions) {
            if (action.tid() == tid) return action.action();
            if (action.tid() == ThreadAction.ALL_OTHERS && others == null) others = action.action();
        }
        return others;
    }

    /** Makes the packet; may ask the server what it offers. */
    void prepare(List<ThreadAction> wanted, IntFunction<ThreadId> idOf) {
        if (wanted.isEmpty()) throw new IllegalArgumentException("nothing to resume");
        Set<String> offer = offer();
        actions = List.copyOf(wanted);
        if (offer.isEmpty()) {
            oldStyle(wanted, idOf);
            return;
        }
        last.start().text("vCont");
        for (ThreadAction action : namedThreadsFirst(wanted)) {
            write(action.action(), offer);
            if (action.tid() != ThreadAction.ALL_OTHERS)
                idOf.apply(action.tid()).write(last.text(':'));
        }
    }

    void send() {
        connection.send(last);
    }

    /** Sends the same again. */
    void repeat() {
        // the frame is closed already; its checksum is the same
        connection.sendAgain(last);
    }

    /** Whether a range step stopped after one instruction because the server has no range steps. */
    boolean isUnfinished(StopEvent event) {
        if (offer().contains("r") || !(event.reason() instanceof StopReason.Stepped)) return false;
        long pc = event.registers().pc();
        return actionOf(actions, event.tid()) instanceof Action.StepRange range
                && Long.compareUnsigned(pc, range.start()) >= 0
                && Long.compareUnsigned(pc, range.end()) < 0;
    }

    private Set<String> offer() {
        Set<String> known = offered;
        if (known == null) {
            request.start().text("vCont?");
            PacketCursor reply = connection.exchange(request);
            known = new HashSet<>();
            if (reply.skip("vCont")) known.addAll(List.of(reply.rest().split(";", -1)));
            offered = known;
        }
        return known;
    }

    private static List<ThreadAction> namedThreadsFirst(List<ThreadAction> wanted) {
        List<ThreadAction> ordered = new ArrayList<>();
        for (ThreadAction action : wanted) if (action.tid() != ThreadAction.ALL_OTHERS) ordered.add(action);
        for (ThreadAction action : wanted) if (action.tid() == ThreadAction.ALL_OTHERS) ordered.add(action);
        return ordered;
    }

    private void write(Action action, Set<String> offer) {
        last.text(';');
        if (action instanceof Action.StepRange range && offer.contains("r")) {
            last.text('r').hex(range.start()).text(',').hex(range.end());
        } else {
            letter(action);
        }
    }

    private void letter(Action action) {
        int signal = signal(action);
        char letter = action instanceof Action.Continue ? 'c' : 's';
        last.text(signal == 0 ? letter : Character.toUpperCase(letter));
        if (signal != 0) last.hexByte(features.signalToServer(signal));
    }

    private static int signal(Action action) {
        if (action instanceof Action.Continue go) return go.signal();
        return action instanceof Action.Step step ? step.signal() : 0;
    }

    /** {@code c}, {@code s}, {@code C}, {@code S}: one thread is named by {@code Hc}, the others can only continue. */
    private void oldStyle(List<ThreadAction> wanted, IntFunction<ThreadId> idOf) {
        ThreadAction first = namedThreadsFirst(wanted).get(0);
        if (wanted.size() > 2) throw new RspException(Kind.UNSUPPORTED, "the stub has no vCont for several threads");
        if (first.tid() != ThreadAction.ALL_OTHERS) {
            idOf.apply(first.tid()).write(request.start().text("Hc"));
            Replies.ok(request, connection.exchange(request));
        }
        last.start();
        letter(first.action());
    }
}
