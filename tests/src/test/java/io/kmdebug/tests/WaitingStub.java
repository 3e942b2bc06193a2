package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code km -g0 program}: a payload held at its first instruction, with its stub on the port that the banner names. */
record WaitingStub(Process km, int port, BufferedReader output) implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("target remote [^ ]*:(\\d+)");

    static WaitingStub start(Path folder, String... programAndArguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Shipped.km(), "-g0"));
        command.addAll(List.of(programAndArguments));
        Process km = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("km.err").toFile())
                .start();
        BufferedReader output = new BufferedReader(new InputStreamReader(km.getInputStream(), StandardCharsets.UTF_8));
        int port = 0;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher found = PORT.matcher(line);
            if (found.find()) port = Integer.parseInt(found.group(1));
            if (line.contains("GdbServerStubStarted")) break;
        }
        assertThat(port)
                .as("the banner names the port; %s", Files.readString(folder.resolve("km.err")))
                .isPositive();
        return new WaitingStub(km, port, output);
    }

    /** The payload's status once it has ended. */
    int exitStatus() throws InterruptedException {
        assertThat(km.waitFor(60, TimeUnit.SECONDS))
                .as("km ends with its payload")
                .isTrue();
        return km.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        km.destroy();
        if (!km.waitFor(60, TimeUnit.SECONDS)) km.destroyForcibly();
    }
}
