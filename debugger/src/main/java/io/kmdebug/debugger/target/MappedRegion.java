package io.kmdebug.debugger.target;

import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.rsp.StubTarget.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a live process, as {@code /proc/PID/smaps} or {@code maps} describes it. proc(5).
 *
 * @param flags PF_R, PF_W, PF_X
 * @param path of a file; with brackets: what the kernel calls it; empty: anonymous
 * @param anonymousBytes pages that are not the file's any more; -1: not known
 * @param presentBytes pages that are in memory or swapped out; -1: not known
 * @param excluded from cores, by madvise(2) or because it is of a device
 */
record MappedRegion(
        long start,
        long end,
        int flags,
        boolean shared,
        long fileOffset,
        String path,
        long anonymousBytes,
        long presentBytes,
        boolean excluded) {
    private static final String DELETED = " (deleted)";
    private static final int PROTECTIONS = 7;
    private static final Set<String> DEVICES = Set.of("[vvar]", "[vvar_vclock]", "[vsyscall]");

    long bytes() {
        return end - start;
    }

    boolean isFile() {
        return path.startsWith("/");
    }

    /** Whether no file holds what is in it when the process is gone. */
    boolean isAnonymous() {
        return !isFile() || (shared && path.endsWith(DELETED));
    }

    boolean contains(long address) {
        return Long.compareUnsigned(address - start, bytes()) < 0;
    }

    /** Of a stopped process, upwards, without what a core needs only; empty where the stub does not say. */
    static List<MappedRegion> of(LiveTarget target) {
        List<Long> threads = target.threadIds();
        return threads.isEmpty() ? List.of() : of(target, new ProcFolder(target), "maps", threads.get(0));
    }

    /**
     * Of a stopped process, upwards; empty where the stub does not say.
     *
     * @param name of the file in its {@code /proc} to begin with
     * @param tid of a thread that is in it: a stub may number its processes by itself, and then it is another one's
     */
    static List<MappedRegion> of(LiveTarget target, ProcFolder process, String name, long tid) {
        // what the kernel put on the first stack, since a stack pointer may be what went wrong
        long stack = target.auxv()
                .get(AuxVector.AT_RANDOM)
                .orElse(target.generalRegisters(tid).sp());
        for (String file : List.of(name, "maps")) {
            List<MappedRegion> regions = parse(process.text(file));
            if (regions.stream().anyMatch(region -> region.contains(stack))) return regions;
        }
        return target.regions().stream()
                .filter(region -> (region.protection() & PROTECTIONS) != 0)
                .map(MappedRegion::of)
                .toList();
    }

    private static MappedRegion of(MemoryRegion region) {
        int protection = region.protection(); // as for mmap(2)
        int flags = ((protection & 1) != 0 ? ElfSegment.PF_R : 0)
                | ((protection & 2) != 0 ? ElfSegment.PF_W : 0)
                | ((protection & 4) != 0 ? ElfSegment.PF_X : 0);
        boolean device = DEVICES.contains(region.name());
        return new MappedRegion(region.start(), region.end(), flags, false, 0, region.name(), -1, -1, device);
    }

    /** Lines that are not understood are passed over. */
    static List<MappedRegion> parse(String text) {
        List<MappedRegion> regions = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length == 0 || words[0].isEmpty()) continue;
            int last = regions.size() - 1;
            if (!words[0].endsWith(":")) {
                MappedRegion region = header(line, words);
                if (region != null) regions.add(region);
            } else if (last >= 0) {
                regions.set(last, regions.get(last).with(words));
            }
        }
        return regions;
    }

    /** {@code start-end rwxp offset device inode path}. */
    private static @Nullable MappedRegion header(String line, String[] words) {
        String[] ends = words[0].split("-");
        if (ends.length != 2 || words.length < 5 || words[1].length() < 4) return null;
        try {
            long start = Long.parseUnsignedLong(ends[0], 16);
            long end = Long.parseUnsignedLong(ends[1], 16);
            boolean pages = ((start | end) & 0xfff) == 0 && Long.compareUnsigned(start, end) < 0;
            if (!pages) return null;
            String path = words.length < 6 ? "" : line.substring(line.indexOf(words[5], pathFrom(line)));
            boolean device = DEVICES.contains(path);
            return new MappedRegion(
                    start,
                    end,
                    flags(words[1]),
                    words[1].charAt(3) == 's',
                    Long.parseUnsignedLong(words[2], 16),
                    path,
                    -1,
                    -1,
                    device);
        } catch (NumberFormatException e) {
            return null; // no line of a map
        }
    }

    /** Behind the fifth word. */
    private static int pathFrom(String line) {
        int at = 0;
        for (int word = 0; word < 5; word++) {
            while (at < line.length() && line.charAt(at) == ' ') at++;
            while (at < line.length() && line.charAt(at) != ' ') at++;
        }
        return at;
    }

    private static int flags(String letters) {
        return (letters.charAt(0) == 'r' ? ElfSegment.PF_R : 0)
                | (letters.charAt(1) == 'w' ? ElfSegment.PF_W : 0)
                | (letters.charAt(2) == 'x' ? ElfSegment.PF_X : 0);
    }

    private MappedRegion with(String[] words) {
        return switch (words[0]) {
            case "Anonymous:" -> counted(kibibytes(words), presentBytes);
            case "Rss:", "Swap:" -> counted(anonymousBytes, Math.max(0, presentBytes) + kibibytes(words));
            case "VmFlags:" -> {
                List<String> set = List.of(words);
                boolean out = excluded || set.contains("dd") || set.contains("io");
                yield new MappedRegion(start, end, flags, shared, fileOffset, path, anonymousBytes, presentBytes, out);
            }
            default -> this;
        };
    }

    private MappedRegion counted(long anonymous, long present) {
        return new MappedRegion(start, end, flags, shared, fileOffset, path, anonymous, present, excluded);
    }

    private static long kibibytes(String[] words) {
        return words.length > 1 && words[1].matches("\\d{1,15}") ? Long.parseLong(words[1]) << 10 : 0;
    }
}
