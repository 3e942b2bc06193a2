package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.core.DescriptorList;
import io.kmdebug.monitor.snapshot.SnapshotRefused;
import io.kmdebug.monitor.snapshot.Snapshots;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.rsp.Refusal;
import io.kmdebug.rsp.StubTarget.ThreadDescription;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a debugger's user can ask the monitor itself ("monitor ..." in gdb), while the payload is stopped. */
final class MonitorCommands {
    private static final String HELP = """
            help             this list
            maps             the payload's address space
            threads          its threads, and what each is in
            fds              its descriptors
            hcalls           its system calls so far, where km counts them (-S)
            core [FILE]      writes a core; the payload stays as it is
            snapshot [FILE]  takes a snapshot; the payload stays as it is
            """;

    private static final Set<String> TAKES_FILE = Set.of("snapshot", "core");

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
        if (!argument.isEmpty() && !TAKES_FILE.contains(words[0])) return null;
        return switch (words[0]) {
            case "help" -> HELP;
            case "maps" -> payload.memoryMap();
            case "threads" -> threads();
            case "fds" -> descriptors();
            case "hcalls" -> calls();
            case "core" -> core(argument);
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

    private String descriptors() {
        StringBuilder text = new StringBuilder();
        for (FdTable.Slot slot : payload.services().descriptors().slots()) {
            text.append(slot.number()).append("  ").append(DescriptorList.name(slot));
            if (slot.closeOnExec()) text.append("  close-on-exec");
            text.append('\n');
        }
        return text.toString();
    }

    private String calls() {
        List<String> lines = payload.callStatistics();
        if (lines.isEmpty()) return "km does not count system calls; it does when it is started with -S\n";
        return String.join("\n", lines) + "\n";
    }

    private String core(String path) {
        try {
            return "core written to " + stub.writeCore(path.isEmpty() ? null : path) + "\n";
        } catch (Refusal refused) {
            return refused.getMessage() + "\n";
        }
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
