package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.snapshot.SnapshotRefused;
import io.kmdebug.monitor.snapshot.Snapshots;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.StubTarget.ThreadDescription;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a debugger's user can ask the monitor itself ("monitor ..." in gdb), while the payload is stopped. */
final class MonitorCommands {
    private static final String HELP = """
            help             this list
            maps             the payload's address space
            threads          its threads, and what each is in
            snapshot [FILE]  takes a snapshot; the payload stays as it is
            """;

    private final Payload payload;
    private final MonitorStub stub;

    MonitorCommands(Payload payload, MonitorStub stub) {
        this.payload = payload;
        this.stub = stub;
    }

    /** The output, or null for what is no command. */
    @Nullable
    String answer(String command) {
        String[] words = command.strip().split("\\s+", 2);
        String argument = words.length > 1 ? words[1] : "";
        if (!argument.isEmpty() && !words[0].equals("snapshot")) return null;
        return switch (words[0]) {
            case "help" -> HELP;
            case "maps" -> payload.memoryMap();
            case "threads" -> threads();
            case "snapshot" -> snapshot(argument);
            default -> null;
        };
    }

    private String threads() {
        StringBuilder text = new StringBuilder();
        for (ThreadDescription thread : stub.threads()) {
            text.append(thread.tid()).append("  ").append(thread.name());
            if (!thread.state().isEmpty()) text.append("  ").append(thread.state());
            text.append('\n');
        }
        return text.toString();
    }

    private String snapshot(String path) {
        try {
            Path wanted = path.isEmpty() ? null : Path.of(path);
            Snapshots.Taken taken = payload.snapshots().take(null, wanted, "", "", true);
            return "snapshot written to " + taken.path() + ", " + taken.fileBytes() + " bytes\n";
        } catch (SnapshotRefused | InvalidPathException refused) {
            return "no snapshot: " + refused.getMessage() + "\n";
        }
    }
}
