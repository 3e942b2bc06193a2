package io.kmdebug.rsp;

import io.kmdebug.rsp.StubTarget.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code vCont}, {@code c}, {@code s}, {@code C} and {@code S}. GDB RSP: "Packets", vCont. */
final class ResumeRequests {
    /** @param action empty for {@code t}: stays where it is */
    private record Asked(Optional<Action> action, ThreadId threads) {}

    private final ServedSession session;

    ResumeRequests(ServedSession session) {
        this.session = session;
    }

    static void offer(PacketWriter out) {
        out.text("vCont;c;C;s;S;t;r");
    }

    /** After "vCont": {@code ;action[:thread-id]}, as often as liked; the leftmost that fits a thread is its. */
    void vCont(PacketCursor in) {
        List<Asked> asked = new ArrayList<>();
        while (in.skip(';')) {
            Optional<Action> action = action(in);
            ThreadId threads = in.skip(':') ? ThreadId.parse(in) : new ThreadId(ThreadId.NONE, ThreadId.ALL);
            asked.add(new Asked(action, threads));
        }
        if (asked.isEmpty() || !in.atEnd()) throw Refusal.because("vCont: cannot read the actions");
        resume(asked);
    }

    private Optional<Action> action(PacketCursor in) {
        int letter = in.take();
        return switch (letter) {
            case 'c' -> Optional.of(new Action.Continue(0));
            case 's' -> Optional.of(new Action.Step(0));
            case 'C' -> Optional.of(new Action.Continue(signal(in)));
            case 'S' -> Optional.of(new Action.Step(signal(in)));
            case 't' -> Optional.empty();
            case 'r' -> {
                long start = in.hex();
                in.expect(',');
                yield Optional.of(new Action.StepRange(start, in.hex()));
            }
            default -> throw Refusal.because("vCont: no action '" + (char) letter + "'");
        };
    }

    private int signal(PacketCursor in) {
        int number = in.hexInt();
        int signal = session.fromClient(number);
        if (number != 0 && signal == 0) throw Refusal.because("there is no signal with the number " + number);
        return signal;
    }

    /** {@code c}, {@code s}, {@code C}, {@code S}, with an address to go on from. The others continue. */
    void single(PacketCursor in) {
        int letter = in.take();
        int signal = letter == 'C' || letter == 'S' ? signal(in) : 0;
        boolean step = letter == 's' || letter == 'S';
        if (signal != 0) in.skip(';');
        int tid = session.continueTid() > 0
                ? session.continueTid()
                : session.lastStop().tid();
        if (!in.atEnd()) {
            var moved = new io.kmdebug.machine.Registers().set(io.kmdebug.machine.AmdRegister.RIP, in.hex());
            if (!session.target.writeRegisters(tid, moved)) throw Refusal.because("no thread " + tid);
        }
        List<Asked> asked = new ArrayList<>();
        Action action = step ? new Action.Step(signal) : new Action.Continue(signal);
        asked.add(new Asked(Optional.of(action), new ThreadId(ThreadId.NONE, tid)));
        asked.add(new Asked(Optional.of(new Action.Continue(0)), new ThreadId(ThreadId.NONE, ThreadId.ALL)));
        resume(asked);
    }

    private void resume(List<Asked> asked) {
        Map<Integer, Action> actions = new LinkedHashMap<>();
        for (StubTarget.ThreadDescription thread : session.target.threads()) {
            for (Asked one : asked) {
                if (!fits(one.threads(), thread.tid())) continue;
                one.action().ifPresent(action -> actions.put(thread.tid(), action));
                break;
            }
        }
        if (actions.isEmpty()) throw Refusal.because("no thread was resumed");
        boolean newborns = asked.stream()
                .anyMatch(one ->
                        one.threads().tid() == ThreadId.ALL && one.action().isPresent());
        session.resume(actions, newborns);
    }

    private boolean fits(ThreadId asked, int tid) {
        if (asked.pid() > 0 && asked.pid() != session.target.pid()) return false;
        if (asked.tid() == ThreadId.ANY) return tid == session.lastStop().tid();
        return asked.tid() == ThreadId.ALL || asked.tid() == tid;
    }
}
