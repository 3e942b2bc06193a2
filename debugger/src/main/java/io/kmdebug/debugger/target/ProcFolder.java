package io.kmdebug.debugger.target;

import io.kmdebug.coredump.OpenDescriptor;
import io.kmdebug.rsp.StubTarget.MemoryRegion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code /proc/PID} of a process behind a stub: of this machine where the process is one of its own, which is faster and
 * needs no stub that reads files; else as the stub gives it.
 */
final class ProcFolder {
    private static final int MOST_MAP_BYTES = 64 << 20;

    private final LiveTarget target;
    private final OptionalInt pid;
    private final String folder;
    private final boolean here;

    ProcFolder(LiveTarget target) {
        this.target = target;
        this.pid = target.processId();
        this.folder = "/proc/" + pid.orElse(0) + "/";
        this.here = pid.isPresent() && findOut();
    }

    /** Nobody else's process has the same random addresses. */
    private boolean findOut() {
        Path maps = Path.of(folder + "maps");
        if (!Files.isReadable(maps) || !Files.isReadable(Path.of(folder + "pagemap"))) return false;
        try {
            String local = Files.readString(maps);
            Optional<byte[]> theirs = target.remoteFile(maps.toString(), MOST_MAP_BYTES);
            if (theirs.isPresent()) return local.equals(new String(theirs.get(), StandardCharsets.UTF_8));
            List<MemoryRegion> regions = target.regions();
            Set<Long> starts = new HashSet<>();
            MappedRegion.parse(local).forEach(region -> starts.add(region.start()));
            return !regions.isEmpty() && regions.stream().allMatch(region -> starts.contains(region.start()));
        } catch (IOException e) {
            return false; // it has ended, or is another user's
        }
    }

    boolean isHere() {
        return here;
    }

    /** A part of a file; empty when it cannot be read. */
    Optional<byte[]> read(String name, long offset, int limit) {
        if (pid.isEmpty()) return Optional.empty();
        if (!here) return target.remoteFile(folder + name, offset, limit);
        try (RandomAccessFile file = new RandomAccessFile(folder + name, "r")) {
            byte[] read = new byte[Math.min(limit, 1 << 16)];
            file.seek(offset);
            int size = 0;
            int got = 0;
            while (got >= 0 && size < limit) {
                if (size == read.length) read = Arrays.copyOf(read, Math.min(limit, 4 * size));
                got = file.read(read, size, read.length - size);
                size += Math.max(got, 0);
            }
            return Optional.of(Arrays.copyOf(read, size));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Those of a process of this machine, by number; empty for any other. */
    List<OpenDescriptor> descriptors() {
        if (!here) return List.of();
        List<OpenDescriptor> list = new ArrayList<>();
        try (Stream<Path> links = Files.list(Path.of(folder + "fd"))) {
            for (Path link : links.toList()) {
                int number = Integer.parseInt(String.valueOf(link.getFileName()));
                OpenDescriptor one = OpenDescriptor.described(
                        number, Files.readSymbolicLink(link).toString(), text("fdinfo/" + number));
                list.add(one);
            }
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // it is another user's
        }
        list.sort(Comparator.comparingInt(OpenDescriptor::number));
        return list;
    }

    /** A whole one as text; empty when it cannot be read. */
    String text(String name) {
        return read(name, 0, MOST_MAP_BYTES)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("");
    }
}
