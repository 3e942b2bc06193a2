package io.kmdebug.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A core in gdb, over its machine interface. */
final class GdbCoreSession implements CoreSession {
    private static final int LIMIT_SECONDS = 120;
    private static final Pattern FRAME = Pattern.compile("frame=\\{level=\"(\\d+)\"");
    private static final Pattern THREAD = Pattern.compile("(?<!current-)thread-id=\"(\\d+)\"");

    private final Process process;
    private final BufferedReader in;
    private final OutputStream out;
    private final Thread watchdog;
    private int token;
    private String stack = "";

    GdbCoreSession() throws IOException {
        process = new ProcessBuilder("gdb", "-nx", "-q", "--interpreter=mi3")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        out = process.getOutputStream();
        watchdog = new Thread(this::watch, "watchdog of gdb");
        watchdog.setDaemon(true);
        watchdog.start();
        command("-list-features");
    }

    private void watch() {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String command(String text) throws IOException {
        String mine = ++token + "^";
        out.write((token + text + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.startsWith(mine)) continue;
            if (line.startsWith(mine + "error")) throw new IOException(text + ": " + line);
            return line;
        }
        throw new IOException("gdb ended at " + text);
    }

    @Override
    public void open(Path program, Path core) throws IOException {
        command("-file-exec-and-symbols " + program);
        command("-target-select core " + core);
        command("-thread-info");
    }

    @Override
    public void stack() throws IOException {
        stack = command("-stack-list-frames");
    }

    @Override
    public void locals(Path folder) throws IOException {
        Matcher frame = FRAME.matcher(stack);
        while (frame.find()) {
            int end = stack.indexOf("frame={", frame.end());
            String fields = stack.substring(frame.start(), end < 0 ? stack.length() : end);
            if (!fields.contains("fullname=\"" + folder)) continue;
            command("-stack-list-variables --thread 1 --frame " + frame.group(1) + " --simple-values");
            return;
        }
        throw new IOException("no frame with source in " + folder + ": " + stack);
    }

    @Override
    public int everything() throws IOException {
        int count = 0;
        Matcher threads = THREAD.matcher(command("-thread-list-ids"));
        while (threads.find()) {
            String thread = threads.group(1);
            Matcher frames = FRAME.matcher(command("-stack-list-frames --thread " + thread));
            while (frames.find()) {
                command("-stack-list-variables --thread " + thread + " --frame " + frames.group(1)
                        + " --simple-values");
                count++;
            }
        }
        return count;
    }

    @Override
    public void breakAtLine(Path source, int line) throws IOException {
        command("-break-insert " + source + ":" + line);
    }

    @Override
    public void breakAtFunction(String name) throws IOException {
        command("-break-insert " + name);
    }

    @Override
    public double peakMebibytes() throws IOException {
        return PeakMemory.mebibytes(process);
    }

    @Override
    public void close() throws IOException {
        try {
            command("-gdb-exit");
        } finally {
            process.destroy();
            watchdog.interrupt();
        }
    }
}
