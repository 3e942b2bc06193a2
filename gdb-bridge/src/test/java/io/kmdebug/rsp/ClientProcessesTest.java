package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes behind one connection: whom packets go to, and what becomes of stops that come together. */
class ClientProcessesTest {
    private static final int OWN = FakeTarget.PID;
    private static final int FIRST = OWN + 1;
    private static final int SECOND = OWN + 2;

    /** Answers nothing by itself; says what it was asked. */
    private static final class Peer implements PeerProcess {
        private final int pid;
        private final List<String> asked = new ArrayList<>();
        private @Nullable Listener listener;
        private String answer = "";
        private boolean gone;

        Peer(int pid) {
            this.pid = pid;
        }

        @Override
        public int pid() {
            return pid;
        }

        @Override
        public void listener(Listener told) {
            listener = told;
        }

        @Override
        public byte[] ask(byte[] packet) throws IOException {
            if (gone) throw new IOException("gone");
            asked.add(new String(packet, StandardCharsets.ISO_8859_1));
            return answer.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public void interrupt() {
            asked.add("interrupt");
        }

        @Override
        public @Nullable PeerProcess child(int born) {
            return new Peer(born);
        }

        @Override
        public void letGo() {
            asked.add("let go");
        }

        @Override
        public void kill() {
            asked.add("kill");
        }

        void stops(String reply) {
            if (listener == null) throw new AssertionError("nobody listens to " + pid);
            listener.stopped(reply.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private final FakeTarget target = new FakeTarget(false);
    private final Stops stops = new Stops();
    private final List<String> told = new ArrayList<>();
    private final Peer first = new Peer(FIRST);
    private final Peer second = new Peer(SECOND);
    private final ServedSession session = new ServedSession(target, stops, stop -> {});
    private final ClientProcesses processes = new ClientProcesses(
            target,
            stops,
            new ServerDispatch(session, text -> {}),
            reply -> told.add(new String(reply, StandardCharsets.ISO_8859_1)),
            text -> {});
    private final PacketRouter router = new PacketRouter(processes);

    @BeforeEach
    void twoChildren() {
        target.onStop(stops::report);
        stops.attach(target, Duration.ofSeconds(10));
        session.multiprocess = true;
        session.selectStopped(OWN);
        for (Peer one : List.of(first, second)) {
            target.children.put(one.pid(), one);
            processes.stopped(OWN, bytes("T05fork:" + id(one.pid()) + ";thread:" + id(OWN) + ";"));
        }
        assertThat(processes.pids()).containsExactly(OWN, FIRST, SECOND);
        told.clear();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String id(int pid) {
        return "p" + Integer.toHexString(pid) + "." + Integer.toHexString(pid);
    }

    private static String breakpoint(int pid) {
        return "T05swbreak:;thread:" + id(pid) + ";reason:breakpoint;";
    }

    private static String interrupted(int pid) {
        return "T02thread:" + id(pid) + ";reason:none;";
    }

    private String ask(String packet) {
        PacketWriter out = new PacketWriter().start();
        PacketCursor in = PacketCursor.of(packet);
        ServerDispatch.After after = router.handle(in, out);
        String reply = new String(out.content(), StandardCharsets.ISO_8859_1);
        return after == ServerDispatch.After.REPLY ? reply : after + " " + reply;
    }

    @Test
    void aResumeGoesToThoseItNamesEachWithItsOwnActions() {
        assertThat(ask("vCont;s:" + id(FIRST) + ";c:p" + Integer.toHexString(SECOND) + ".-1"))
                .startsWith("REPLY_LATER");
        assertThat(first.asked).containsExactly("vCont;s:" + id(FIRST));
        assertThat(second.asked).containsExactly("vCont;c:p" + Integer.toHexString(SECOND) + ".-1");
        assertThat(processes.isRunning()).isTrue();
    }

    @Test
    void theFirstStopHoldsTheOthersAndASecondOneIsKeptForTheNextResume() {
        ask("vCont;c:" + id(FIRST) + ";c:" + id(SECOND));
        first.stops(breakpoint(FIRST));
        assertThat(second.asked).last().isEqualTo("interrupt");
        assertThat(told).isEmpty();
        second.stops(breakpoint(SECOND));
        assertThat(told).containsExactly(breakpoint(FIRST));
        assertThat(processes.isRunning()).isFalse();

        second.asked.clear();
        ask("vCont;c:" + id(SECOND));
        assertThat(told).containsExactly(breakpoint(FIRST), breakpoint(SECOND));
        assertThat(second.asked).isEmpty();
    }

    @Test
    void anInterruptStopsAllAndIsToldOnce() {
        ask("vCont;c:" + id(FIRST) + ";c:" + id(SECOND));
        processes.interrupt();
        second.stops(interrupted(SECOND));
        first.stops(interrupted(FIRST));
        assertThat(told).containsExactly(interrupted(SECOND));
        ask("vCont;c:" + id(FIRST));
        assertThat(told).hasSize(1);
        assertThat(first.asked).last().isEqualTo("vCont;c:" + id(FIRST));
    }

    @Test
    void whatHappenedItselfComesBeforeAnInterrupt() {
        ask("vCont;c:" + id(FIRST) + ";c:" + id(SECOND));
        processes.interrupt();
        second.stops(interrupted(SECOND));
        first.stops(breakpoint(FIRST));
        assertThat(told).containsExactly(breakpoint(FIRST));
    }

    @Test
    void anEndIsToldAndTheProcessForgotten() {
        ask("vCont;c:" + id(FIRST));
        first.stops("W03;process:" + Integer.toHexString(FIRST));
        assertThat(told).containsExactly("W03;process:" + Integer.toHexString(FIRST));
        assertThat(processes.pids()).containsExactly(OWN, SECOND);
        assertThat(ask("Hg" + id(FIRST))).isEqualTo("E03");
    }

    @Test
    void oneThatIsGoneWithoutAWordWasKilled() {
        first.gone = true;
        ask("vCont;c:" + id(FIRST));
        assertThat(told).containsExactly("X09;process:" + Integer.toHexString(FIRST));
        assertThat(processes.isRunning()).isFalse();
    }

    @Test
    void packetsWithoutAProcessGoToTheSelectedOne() {
        first.answer = "OK";
        assertThat(ask("Hg" + id(FIRST))).isEqualTo("OK");
        first.answer = "12";
        assertThat(ask("m400000,1")).isEqualTo("12");
        assertThat(first.asked).containsExactly("Hg" + id(FIRST), "m400000,1");
        assertThat(ask("Hg" + id(OWN))).isEqualTo("OK");
        assertThat(ask("m400000,1")).isEqualTo("90");
        assertThat(second.asked).isEmpty();
    }

    @Test
    void filesAreOpenedByTheProcessThatTheirNameIsAbout() {
        first.answer = "F5";
        String name = "/proc/" + FIRST + "/maps";
        String open = "vFile:open:" + hex(name) + ",0,0";
        String number = ask(open).substring(1);
        assertThat(first.asked).containsExactly(open);
        first.answer = "F0;";
        ask("vFile:pread:" + number + ",10,0");
        assertThat(first.asked).last().isEqualTo("vFile:pread:5,10,0");
        ask("vFile:close:" + number);
        assertThat(ask("vFile:pread:" + number + ",10,0")).isEqualTo("F-1,9");
    }

    private static String hex(String text) {
        return new String(new PacketWriter().start().hexText(text).content(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void theTargetMayBeLetGoBeforeItsChildren() {
        assertThat(ask("D;" + Integer.toHexString(OWN))).isEqualTo("OK");
        assertThat(target.freed).hasSize(1);
        assertThat(processes.pids()).containsExactly(FIRST, SECOND);
        assertThat(ask("D;" + Integer.toHexString(FIRST))).isEqualTo("OK");
        assertThat(first.asked).containsExactly("let go");
        assertThat(ask("vKill;" + Integer.toHexString(SECOND))).isEqualTo("REPLY_AND_CLOSE OK");
        assertThat(second.asked).containsExactly("kill");
    }

    @Test
    void aLostClientLetsAllGoOrEndsThem() {
        processes.leave(false);
        assertThat(first.asked).containsExactly("let go");
        assertThat(second.asked).containsExactly("let go");
        assertThat(target.freed).hasSize(1);
        assertThat(stops.hasPeers()).isFalse();
    }
}
