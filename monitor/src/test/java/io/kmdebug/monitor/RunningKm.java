package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A monitor whose payload is talked to, and which takes snapshots when it is asked at its socket. */
final class RunningKm implements AutoCloseable {
    private static final Pattern TARGET = Pattern.compile(".*target remote 127\\.0\\.0\\.1:(\\d+)\".*");
    private static final int LABEL = 8;
    private static final int LIVE = 520;
    private static final int PATH = 524;
    private static final int REQUEST_BYTES = 1548;

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final Path socket;
    private final Path messages;
    private int debuggerPort;

    private RunningKm(Process process, Path socket, Path messages) {
        this.process = process;
        this.socket = socket;
        this.messages = messages;
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** @param words options of km, the program or snapshot, its arguments */
    static RunningKm start(Path folder, String... words) throws IOException {
        Path socket = Files.createTempFile(folder, "mgt", ".sock");
        Files.delete(socket);
        Path messages = Files.createTempFile(folder, "messages", ".txt");
        List<String> command = new ArrayList<>(KmCommand.words());
        command.add("--mgtpipe=" + socket);
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(messages.toFile())
                .start();
        RunningKm km = new RunningKm(process, socket, messages);
        boolean debugged = List.of(words).stream().anyMatch(word -> word.startsWith("-g"));
        if (debugged) km.readBanner();
        return km;
    }

    private void readBanner() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher target = TARGET.matcher(line);
            if (target.matches()) debuggerPort = Integer.parseInt(target.group(1));
            if (line.equals("GdbServerStubStarted")) return;
        }
        throw new AssertionError("no banner: " + messages());
    }

    int debuggerPort() {
        return debuggerPort;
    }

    /** Until km takes requests, which is when the payload's descriptors are there and its threads are about to run. */
    RunningKm serving() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(socket)) {
            assertThat(System.nanoTime())
                    .as("km opens its socket; it said " + messages())
                    .isLessThan(deadline);
            assertThat(process.waitFor(10, TimeUnit.MILLISECONDS))
                    .as(messages())
                    .isFalse();
        }
        return this;
    }

    /** The payload's next line. */
    String line() throws IOException {
        return String.valueOf(output.readLine());
    }

    void say(String text) throws IOException {
        input.write(text);
        input.flush();
    }

    void endInput() throws IOException {
        input.close();
    }

    String messages() throws IOException {
        return Files.readString(messages);
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("km ends").isTrue();
        return process.exitValue();
    }

    /** KM's request: opcode 4, length 4, label 256, description 256, live 4, path 1024. Returns its answer. */
    int snapshot(Path target, boolean live) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES).order(ByteOrder.nativeOrder());
        request.putInt(4, REQUEST_BYTES).putInt(LIVE, live ? 1 : 0);
        request.put(LABEL, "label".getBytes(StandardCharsets.UTF_8));
        request.put(PATH, target.toString().getBytes(StandardCharsets.UTF_8));
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            while (request.hasRemaining()) channel.write(request);
            ByteBuffer answer = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
            while (answer.hasRemaining() && channel.read(answer) >= 0) {}
            assertThat(answer.hasRemaining())
                    .as("an answer; km said " + messages())
                    .isFalse();
            return answer.getInt(0);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
