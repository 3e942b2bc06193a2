package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Broken input never wedges the server, and good input behind it is served. */
class FramingTest {
    private static final String THREADS = "{'seq':70,'type':'request','command':'threads'}".replace('\'', '"');

    private final FakeSession.Factory sessions = new FakeSession.Factory(Path.of("/nowhere/app.c"));
    private final DapClient client = new DapClient(sessions);

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    private String problem() {
        return client.event("output").get("output").getAsString();
    }

    private void stillServes() {
        client.ok("initialize", "{'adapterID':'x'}");
    }

    @Test
    void aLengthThatIsTooLargeDelaysNothing() {
        client.raw("Content-Length: " + (THREADS.length() + 500) + "\r\n\r\n" + THREADS);
        assertThat(client.failure(70)).contains("no session yet");
        stillServes();
    }

    @Test
    void aLengthThatIsTooSmallFailsThatMessageOnly() {
        client.raw("Content-Length: " + (THREADS.length() - 5) + "\r\n\r\n" + THREADS);
        assertThat(client.failure(70)).contains("hold no complete JSON object");
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "abc", "", "99999999999999999999999999", "4294967296", "0", "1", "0x20", "12 13"})
    void aLengthThatIsNoneIsSkipped(String length) {
        client.raw("Content-Length: " + length + "\r\n\r\n" + THREADS);
        assertThat(problem()).contains("Content-Length is").contains(length);
        stillServes();
    }

    @Test
    void aMessageWithoutHeaderIsSkipped() {
        client.raw(THREADS + "\n");
        assertThat(client.failure(70)).contains("not a header line");
        stillServes();
    }

    @Test
    void headersWithoutLengthAreSkipped() {
        client.raw("Content-Type: text/plain\r\n\r\n");
        assertThat(problem()).contains("without Content-Length");
        stillServes();
    }

    @Test
    void otherHeadersBesideTheLengthAreTaken() {
        client.raw("content-type: x\r\nCONTENT-LENGTH:  " + THREADS.length() + "\r\nX: y\r\n\r\n" + THREADS);
        assertThat(client.failure(70)).contains("no session yet");
    }

    @Test
    void lineEndsWithoutCarriageReturnAreTaken() {
        client.raw("Content-Length: " + THREADS.length() + "\n\n" + THREADS);
        assertThat(client.failure(70)).contains("no session yet");
    }

    @Test
    void garbageBeforeAHeaderInTheSameLineIsSkipped() {
        client.raw("garbage }} Content-Length: " + THREADS.length() + "\r\n\r\n" + THREADS);
        assertThat(problem()).contains("garbage");
        assertThat(client.failure(70)).contains("no session yet");
    }

    @Test
    void aMegabyteOfGarbageIsSkipped() {
        client.raw("x".repeat(1 << 20) + "\n");
        assertThat(problem()).contains("not a header line");
        stillServes();
    }

    @Test
    void malformedJsonIsAnsweredWhereItSaysWhoItIs() {
        client.frame("{\"seq\":9,\"type\":\"request\",\"command\":\"threads\",}");
        assertThat(client.failure(9)).contains("not valid JSON");
        client.frame("{'seq':9,'command':'lenient'}");
        assertThat(problem()).contains("not valid JSON");
        client.frame("{\"what\" is this}");
        assertThat(problem()).contains("not valid JSON");
        stillServes();
    }

    @Test
    void aStringLeftOpenEndsWithItsMessage() {
        client.frame("{\"seq\":9,\"type\":\"request\",\"command\":\"threads}");
        assertThat(client.failure(9)).contains("hold no complete JSON object");
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,2]", "\"text\"", "null", "17"})
    void aBodyThatIsNoObjectIsSkipped(String body) {
        client.frame(body + "   ");
        assertThat(problem()).contains("a message starts with");
        stillServes();
    }

    @Test
    void veryDeepNestingIsRefused() {
        client.frame(
                "{\"seq\":9,\"command\":\"threads\",\"arguments\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}");
        assertThat(client.failure(9)).contains("not valid JSON");
        stillServes();
    }

    @Test
    void bytesThatAreNotUtf8AreNoTrouble() {
        client.raw("Content-Length: 3\r\n\r\n{\u00ff");
        assertThat(problem()).contains("no complete JSON object");
        stillServes();
    }

    @Test
    void messagesThatAreNoRequestsAreAnsweredOrPassedOver() {
        client.frame("{\"seq\":1,\"type\":\"response\",\"request_seq\":1,\"success\":true,\"command\":\"x\"}");
        client.frame("{\"seq\":2,\"type\":\"event\",\"event\":\"x\"}");
        client.frame("{\"seq\":3,\"command\":\"threads\"}");
        assertThat(client.failure(3)).contains("no 'type'");
        client.frame("{\"seq\":4,\"type\":\"request\"}");
        assertThat(client.failure(4)).contains("no 'command'");
        client.frame("{\"type\":\"request\",\"command\":\"threads\"}");
        assertThat(problem()).contains("no 'seq'");
        stillServes();
    }

    @Test
    void theEndBetweenMessagesIsOrderly() throws Exception {
        client.launched();
        client.endInput();
        assertThat(client.exit()).isZero();
        assertThat(sessions.session().calls).contains("close");
    }

    @Test
    void theEndAtOnceIsOrderly() throws Exception {
        client.endInput();
        assertThat(client.exit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Le",
                "Content-Length: 100\r\n",
                "Content-Length: 100\r\n\r\n",
                "Content-Length: 100\r\n\r\n{\"seq\""
            })
    void theEndInsideAMessageEndsTheSessionToo(String part) throws Exception {
        client.launched();
        client.raw(part);
        client.endInput();
        assertThat(client.exit()).isEqualTo(1);
        assertThat(sessions.session().calls).contains("close");
    }

    @Test
    void requestsBeforeTheEndAreAnswered() throws Exception {
        client.launched();
        int threads = client.send("threads", "");
        client.endInput();
        assertThat(client.response(threads).get("success").getAsBoolean()).isTrue();
        assertThat(client.exit()).isZero();
    }

    @Test
    void theEndCutsOffARequestThatRuns() throws Exception {
        client.stopped();
        client.send("evaluate", "{'expression':'slow'}");
        sessions.session().blocked.await();
        client.endInput();
        assertThat(client.exit()).isZero();
        assertThat(sessions.session().closed.getCount()).isZero();
    }

    @Test
    void aClientThatVanishesEndsItsSession() throws Exception {
        client.stopped();
        client.close();
        client.exit();
        assertThat(sessions.session().calls).contains("close");
    }
}
