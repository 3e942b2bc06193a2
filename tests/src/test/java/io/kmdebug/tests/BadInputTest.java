package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.kmdebug.bench.DapClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input gets a clear error, the server and the monitor behave, and nothing stays running. */
final class BadInputTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aTextFile() throws Exception {
        Path text = Files.writeString(
                folder.resolve("notes.txt"), "just some words that are no program at all, sixty-four bytes long\n");
        refused(Shipped.run(folder, List.of(Shipped.km(), text.toString())), 2, "notes.txt", "magic");
        refused(Shipped.run(folder, List.of(Shipped.kmdebug(), "core", text.toString())), "notes.txt", "magic");
        refused(Shipped.run(folder, List.of(Shipped.kmdebug(), "run", text.toString())), "notes.txt", "magic");
    }

    @Test
    void aTruncatedElf() throws Exception {
        Path program = Shipped.compile(folder, "session", Shipped.C.MUSL);
        byte[] whole = Files.readAllBytes(program);
        for (int length : new int[] {0, 10, 63, 100, 5000}) {
            Path cut = Files.write(folder.resolve("cut-" + length), Arrays.copyOf(whole, length));
            refused(Shipped.run(folder, List.of(Shipped.km(), cut.toString())), 2, "cut-" + length, "expected");
        }
    }

    @Test
    void anAarch64Elf() throws Exception {
        byte[] bytes = Files.readAllBytes(Shipped.compile(folder, "session", Shipped.C.MUSL));
        bytes[18] = (byte) 183;
        Path foreign = Files.write(folder.resolve("foreign"), bytes);
        refused(Shipped.run(folder, List.of(Shipped.km(), foreign.toString())), 2, "foreign", "aarch64", "x86-64");
    }

    @Test
    void aMissingFile() throws Exception {
        refused(Shipped.run(folder, List.of(Shipped.km(), "nowhere")), 2, "nowhere", "o such file");
        refused(Shipped.run(folder, List.of(Shipped.kmdebug(), "core", "nowhere")), "nowhere", "does not exist");
    }

    @Test
    void anUnknownOption() throws Exception {
        Shipped.Result result = Shipped.run(folder, List.of(Shipped.km(), "--no-such-option", "x"));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.errors())
                .startsWith("km: unknown option --no-such-option")
                .contains("usage:");
    }

    @Test
    void aCoreCutInHalf() throws Exception {
        Path program = Shipped.compile(folder, "crash_null", Shipped.C.GLIBC);
        Path core = folder.resolve("kmcore");
        Shipped.run(folder, List.of(Shipped.km(), "--coredump=" + core, program.toString()));
        byte[] whole = Files.readAllBytes(core);
        Path half = Files.write(folder.resolve("half"), Arrays.copyOf(whole, whole.length / 2));
        Shipped.Result report =
                Shipped.run(folder, List.of(Shipped.kmdebug(), "core", half.toString(), program.toString()));
        assertThat(report.output() + report.errors())
                .as("what is missing is said, the rest works")
                .contains("SIGSEGV")
                .contains("the file is cut at 0x");
        noStackTrace(report);
        Path stub = Files.write(folder.resolve("stub"), Arrays.copyOf(whole, 200));
        refused(Shipped.run(folder, List.of(Shipped.kmdebug(), "core", stub.toString())), "stub", "expected");
    }

    @Test
    void requestsThatCannotBeServedLeaveTheServerAlive() throws Exception {
        try (DapClient client = adapter()) {
            client.request("initialize", Map.of("adapterID", "kmdebug"));
            assertThat(message(client, "launch", Map.of())).contains("program");
            assertThat(message(client, "launch", Map.of("program", "/nowhere/at-all")))
                    .contains("/nowhere/at-all");
            assertThat(message(client, "launch", Map.of("program", 5))).contains("program");
            assertThat(message(client, "makeCoffee", Map.of())).contains("makeCoffee");
            assertThat(message(client, "stackTrace", Map.of("threadId", 77))).isNotBlank();
            assertThat(message(client, "attach", Map.of("coreFile", "/nowhere/core")))
                    .contains("/nowhere/core");
            client.sendBytes("this is no JSON".getBytes(StandardCharsets.UTF_8));
            client.sendUnframed("Content-Length: minus one\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(message(client, "makeTea", Map.of()))
                    .as("still there after broken messages")
                    .contains("makeTea");
        }
    }

    @Test
    void aContentLengthBeyondTheMessageThenTheEnd() throws Exception {
        DapClient client = adapter();
        client.sendUnframed("Content-Length: 4000\r\n\r\n{\"seq\":1".getBytes(StandardCharsets.US_ASCII));
        client.closeInput();
        assertThat(client.process().waitFor(60, TimeUnit.SECONDS))
                .as("the server ends when its input does")
                .isTrue();
    }

    @Test
    void aClientThatVanishesTakesThePayloadWithIt() throws Exception {
        Path program = Shipped.compile(folder, "session", Shipped.C.MUSL);
        DapClient client = running(program);
        client.closeInput();
        assertThat(client.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertGone(program);
    }

    @Test
    void anAdapterThatIsKilledTakesThePayloadWithIt() throws Exception {
        Path program = Shipped.compile(folder, "session", Shipped.C.MUSL);
        DapClient client = running(program);
        client.process().destroyForcibly();
        assertThat(client.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertGone(program);
    }

    /** A session whose payload waits for a long time. */
    private DapClient running(Path program) throws IOException {
        DapClient client = adapter();
        client.request("initialize", Map.of("adapterID", "kmdebug"));
        int launch = client.send("launch", Map.of("program", program.toString(), "args", List.of("x", "wait")));
        client.event("initialized");
        client.request("configurationDone", Map.of());
        client.answer(launch);
        client.event("output", body -> body.get("output").getAsString().contains("total 210"));
        assertThat(Shipped.processesWith(program.toString())).isNotEmpty();
        return client;
    }

    private static void assertGone(Path program) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Shipped.processesWith(program.toString()).isEmpty() && System.nanoTime() < until) Thread.onSpinWait();
        assertThat(Shipped.processesWith(program.toString()))
                .as("the payload ends with the session that launched it")
                .isEmpty();
    }

    private DapClient adapter() throws IOException {
        return new DapClient(List.of(Shipped.kmdebug(), "dap"), folder.resolve("adapter.err"), LIMIT);
    }

    private static String message(DapClient client, String command, Map<String, ?> arguments) throws IOException {
        JsonObject response = client.response(client.send(command, arguments));
        assertThat(response.get("success").getAsBoolean()).as("%s", response).isFalse();
        String text = response.toString();
        assertThat(text).doesNotContain("Exception").doesNotContain("\tat ");
        return text;
    }

    private static void refused(Shipped.Result result, int status, String... words) {
        assertThat(result.status()).as("%s", result).isEqualTo(status);
        refused(result, words);
    }

    private static void refused(Shipped.Result result, String... words) {
        assertThat(result.status()).as("%s", result).isNotZero();
        assertThat(result.errors()).contains(words);
        assertThat(result.errors().strip().lines().count())
                .as("short: %s", result.errors())
                .isLessThanOrEqualTo(4);
        noStackTrace(result);
    }

    private static void noStackTrace(Shipped.Result result) {
        assertThat(result.output() + result.errors())
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
    }
}
