package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.core.DescriptorList;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The payload as an operating system lists it: "info os" in gdb. */
final class SystemTables {
    private final Payload payload;

    SystemTables(Payload payload) {
        this.payload = payload;
    }

    /** Rows by column, or null for a type that there is none of. */
    @Nullable
    List<Map<String, String>> of(String type) {
        return switch (type) {
            case "processes" ->
                List.of(row("pid", pid(), "user", user(), "command", String.join(" ", payload.arguments())));
            case "threads" -> threads();
            case "files" -> files();
            default -> null;
        };
    }

    private String pid() {
        return Integer.toString(payload.pid());
    }

    private static String user() {
        try {
            return Files.getOwner(Path.of("/proc/self")).getName();
        } catch (IOException e) {
            return "?";
        }
    }

    private List<Map<String, String>> threads() {
        List<Map<String, String>> rows = new ArrayList<>();
        for (PayloadThread thread : payload.threads()) {
            rows.add(row("command", thread.name(), "pid", pid(), "tid", Integer.toString(thread.tid())));
        }
        return rows;
    }

    private List<Map<String, String>> files() {
        List<Map<String, String>> rows = new ArrayList<>();
        String command = baseName(payload.executable());
        for (FdTable.Slot slot : payload.services().descriptors().slots()) {
            String number = Integer.toString(slot.number());
            rows.add(row(
                    "pid", pid(), "command", command, "file descriptor", number, "name", DescriptorList.name(slot)));
        }
        return rows;
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Map<String, String> row(String... columnsAndValues) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) row.put(columnsAndValues[i], columnsAndValues[i + 1]);
        return row;
    }
}
