package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes before what, and what reaches through a request that runs. */
class OrderTest {
    private final FakeSession.Factory sessions = new FakeSession.Factory(Path.of("/nowhere/app.c"));
    private final DapClient client = new DapClient(sessions);

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    private static Predicate<JsonObject> event(String name) {
        return m -> m.get("type").getAsString().equals("event")
                && m.get("event").getAsString().equals(name);
    }

    private static Predicate<JsonObject> response(String command) {
        return m -> m.get("type").getAsString().equals("response")
                && m.get("command").getAsString().equals(command);
    }

    @Test
    void initializedFollowsTheLaunchResponseAndNothingRunsBeforeConfigurationDone() {
        client.stopped();
        assertThat(client.indexOf(response("launch"))).isLessThan(client.indexOf(event("initialized")));
        assertThat(client.indexOf(event("initialized"))).isLessThan(client.indexOf(event("process")));
        assertThat(client.indexOf(response("configurationDone"))).isLessThan(client.indexOf(event("stopped")));
        assertThat(sessions.session().calls).containsExactly("start");
    }

    @Test
    void messagesAreNumberedInTheOrderOfTheWire() {
        client.stopped();
        for (int i = 0; i < client.received.size(); i++) {
            assertThat(client.received.get(i).get("seq").getAsInt()).isEqualTo(i + 1);
        }
    }

    @Test
    void eventsRaisedInARequestFollowItsResponse() {
        client.stopped();
        client.ok("next", "{'threadId':100}");
        client.event("stopped");
        int second = client.received.size() - 1;
        assertThat(client.received.get(second - 1)).matches(response("next"));
    }

    @Test
    void payloadOutputDoesNotWaitForTheRequestThatRuns() {
        client.stopped();
        client.ok("evaluate", "{'expression':'slow and shout'}");
        client.event("breakpoint");
        assertThat(client.indexOf(event("output"))).isLessThan(client.indexOf(response("evaluate")));
        assertThat(client.indexOf(response("evaluate"))).isLessThan(client.indexOf(event("breakpoint")));
    }

    @Test
    void requestsAreAnsweredInTheirOrder() {
        client.stopped();
        int first = client.send("threads", "");
        int second = client.send("nonsense", "");
        int third = client.send("modules", "");
        client.response(third);
        assertThat(client.indexOf(
                        m -> m.has("request_seq") && m.get("request_seq").getAsInt() == first))
                .isLessThan(client.indexOf(
                        m -> m.has("request_seq") && m.get("request_seq").getAsInt() == second));
        assertThat(client.indexOf(
                        m -> m.has("request_seq") && m.get("request_seq").getAsInt() == second))
                .isLessThan(client.indexOf(
                        m -> m.has("request_seq") && m.get("request_seq").getAsInt() == third));
    }

    @Test
    void pauseReachesAStepThatRuns() throws Exception {
        client.stopped();
        client.send("next", "{'threadId':101}");
        sessions.session().blocked.await();
        client.ok("pause", "{'threadId':101}");
        assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("pause");
    }

    @Test
    void pauseSentRightBehindAStepReachesIt() {
        client.stopped();
        client.send("next", "{'threadId':101}");
        client.ok("pause", "{'threadId':101}");
        assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("pause");
    }

    @Test
    void pauseBehindContinueIsNotLost() {
        client.stopped();
        client.send("continue", "{'threadId':100}");
        client.ok("pause", "{'threadId':100}");
        assertThat(client.event("stopped").get("reason").getAsString()).isEqualTo("pause");
    }

    @Test
    void cancelTakesBackARequestThatWaits() throws Exception {
        client.stopped();
        int running = client.send("evaluate", "{'expression':'slow'}");
        sessions.session().blocked.await();
        int waiting = client.send("evaluate", "{'expression':'never'}");
        client.ok("cancel", "{'requestId':" + waiting + "}");
        assertThat(client.failure(waiting)).isEqualTo("cancelled");
        client.ok("cancel", "{'requestId':" + running + "}");
        client.ok("cancel", "{'requestId':12345}");
        client.ok("cancel", "{}");
        assertThat(client.fails("cancel", "{'requestId':'x'}")).contains("'requestId' must be an integer");
        client.ok("disconnect", "{}");
        assertThat(sessions.session().calls).doesNotContain("evaluate never 0 WATCH false");
    }

    @Test
    void disconnectCutsOffWhatRuns() throws Exception {
        client.stopped();
        client.send("evaluate", "{'expression':'slow'}");
        sessions.session().blocked.await();
        client.ok("disconnect", "{'terminateDebuggee':true}");
        assertThat(client.exit()).isZero();
        assertThat(sessions.session().calls).contains("terminate", "close");
    }

    @Test
    void disconnectEndsALaunchedPayloadUnlessToldOtherwise() throws Exception {
        client.stopped();
        client.ok("disconnect", "");
        client.event("terminated");
        assertThat(client.indexOf(response("disconnect"))).isLessThan(client.indexOf(event("exited")));
        assertThat(client.exit()).isZero();
        assertThat(sessions.session().calls).contains("terminate").doesNotContain("disconnect");
    }

    @Test
    void disconnectCanLeaveThePayloadRunning() throws Exception {
        client.stopped();
        client.ok("disconnect", "{'terminateDebuggee':false}");
        assertThat(client.exit()).isZero();
        assertThat(sessions.session().calls).contains("disconnect").doesNotContain("terminate");
    }

    @Test
    void terminateKeepsTheConversation() {
        client.stopped();
        client.ok("terminate", "");
        assertThat(client.event("exited").get("exitCode").getAsInt()).isEqualTo(143);
        client.event("terminated");
        client.ok("disconnect", "");
    }

    @Test
    void tcpClientsHaveSessionsOfTheirOwn() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                DapServer server = new DapServer(sessions)) {
            Thread thread = new Thread(() -> {
                try {
                    server.serve(listener);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            thread.start();
            try (Socket one = open(listener);
                    Socket two = open(listener)) {
                assertThat(answers(one)).contains("initialize");
                assertThat(answers(two)).contains("initialize");
            }
            listener.close();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(sessions.sessions)
                .hasSize(2)
                .allSatisfy(s -> assertThat(s.closed.await(60, java.util.concurrent.TimeUnit.SECONDS))
                        .isTrue());
    }

    private static Socket open(ServerSocket listener) throws Exception {
        Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
        socket.setSoTimeout(10_000);
        for (String body : new String[] {
            "{\"seq\":1,\"type\":\"request\",\"command\":\"initialize\",\"arguments\":{\"adapterID\":\"x\"}}",
            "{\"seq\":2,\"type\":\"request\",\"command\":\"launch\",\"arguments\":{\"program\":\"/bin/app\"}}"
        }) {
            socket.getOutputStream()
                    .write(("Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
        }
        return socket;
    }

    /** All up to the initialized event. */
    private static String answers(Socket socket) throws Exception {
        StringBuilder text = new StringBuilder();
        while (!text.toString().contains("\"initialized\"")) {
            text.append((char) socket.getInputStream().read());
        }
        return text.toString();
    }
}
