package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.thread.Payload;
import io.kmdebug.monitor.thread.PayloadThread;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Paths below /proc/PID that a debugger makes of the payload's numbers. The host has the monitor's there, and after a
 * resume under other numbers.
 */
final class ProcPaths {
    private final Payload payload;
    private final String own;

    ProcPaths(Payload payload) {
        this.payload = payload;
        own = "/proc/" + payload.pid() + "/";
    }

    /** What describes the payload and not the monitor; null for all else. */
    byte @Nullable [] content(String path) {
        if (!path.startsWith(own)) return null;
        String name = path.substring(own.length());
        if (name.startsWith("task/")) name = name.substring(name.indexOf('/', "task/".length()) + 1);
        return switch (name) {
            case "maps", "smaps" -> latin1(payload.memoryText(name));
            case "cmdline" -> latin1(String.join("\0", payload.arguments()) + "\0");
            case "exe" -> payload.executable().getBytes(StandardCharsets.UTF_8);
            case "cwd" -> latin1(payload.services().world().workingDirectory());
            default -> null;
        };
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The host's name of the same. */
    String host(String path) {
        if (!path.startsWith(own)) return path;
        String rest = path.substring(own.length());
        return "/proc/" + HostCall.getpid() + "/" + (rest.startsWith("task/") ? task(rest) : rest);
    }

    private String task(String rest) {
        int from = "task/".length();
        int slash = rest.indexOf('/', from);
        int end = slash < 0 ? rest.length() : slash;
        String number = rest.substring(from, end);
        for (PayloadThread thread : payload.threads()) {
            if (number.equals(Integer.toString(thread.tid()))) {
                return "task/" + thread.hostTid() + rest.substring(end);
            }
        }
        return rest;
    }
}
