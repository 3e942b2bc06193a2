package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What the host's kernel would refuse a native program; read when it first matters.
 * Documentation/admin-guide/sysctl/vm.
 */
final class HostPolicy {
    private static final int NR_SYSINFO = 99;
    private static final int SYSINFO_BYTES = 112;
    private static final int DEFAULT_MAP_COUNT = 65530;
    /** vm.overcommit_memory: obvious overcommits are refused, 1: none is, 2: by a strict limit. */
    private static final int HEURISTIC = 0;

    private static final int MAP_COUNT = number("/proc/sys/vm/max_map_count", DEFAULT_MAP_COUNT);
    private static final boolean GUESSES = number("/proc/sys/vm/overcommit_memory", HEURISTIC) == HEURISTIC;
    private static final long MEMORY = memory();

    private HostPolicy() {}

    /** vm.max_map_count. */
    static int mapCount() {
        return MAP_COUNT;
    }

    /** Whether so much private writable memory at once is an obvious overcommit. */
    static boolean overcommits(long bytes) {
        return GUESSES && Long.compareUnsigned(bytes, MEMORY) > 0;
    }

    /** struct sysinfo: totalram 32, totalswap 64, mem_unit 104. */
    private static long memory() {
        long info = HostMemory.allocate(SYSINFO_BYTES);
        try {
            if (Native.syscall(NR_SYSINFO, info) < 0) return -1;
            return (HostMemory.getLong(info + 32) + HostMemory.getLong(info + 64)) * HostMemory.getInt(info + 104);
        } finally {
            HostMemory.free(info);
        }
    }

    private static int number(String path, int otherwise) {
        try (FileInputStream in = new FileInputStream(path)) {
            return Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).trim());
        } catch (IOException | NumberFormatException unknown) {
            return otherwise;
        }
    }
}
