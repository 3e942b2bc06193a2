package io.kmdebug.monitor;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments and environment as the bytes they are, one char a byte. Java decodes both with the locale's charset, which
 * in the C locale loses everything but ASCII.
 */
final class HostArguments {
    private HostArguments() {}

    /** The arguments that became {@code decoded}; that itself when the kernel does not tell. */
    static List<String> raw(String[] decoded) throws IOException {
        List<String> all = read("/proc/self/cmdline");
        if (all.size() < decoded.length) return List.of(decoded);
        return all.subList(all.size() - decoded.length, all.size());
    }

    /**
     * How this JVM was started, up to and with the class, so that another can be started alike; without what records an
     * archive or waits for a Java debugger, since one can do that only.
     */
    static List<String> start(int arguments) throws IOException {
        List<String> all = read("/proc/self/cmdline");
        List<String> kept = new ArrayList<>();
        for (String word : all.subList(0, Math.max(1, all.size() - arguments))) {
            boolean single = word.startsWith("-XX:ArchiveClassesAtExit")
                    || word.startsWith("-XX:AOTCacheOutput")
                    || word.startsWith("-agentlib:")
                    || word.startsWith("-Dkmdebug.record")
                    || word.startsWith("-D" + KmMain.ADOPTED);
            if (!single) kept.add(word);
        }
        return kept;
    }

    /** The environment that this process was started with, "NAME=value". */
    static List<String> environment() throws IOException {
        return read("/proc/self/environ");
    }

    /** NUL-terminated strings. */
    private static List<String> read(String file) throws IOException {
        byte[] bytes;
        try (FileInputStream in = new FileInputStream(file)) {
            bytes = in.readAllBytes();
        }
        List<String> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != 0) continue;
            strings.add(new String(bytes, start, i - start, StandardCharsets.ISO_8859_1));
            start = i + 1;
        }
        return strings;
    }
}
