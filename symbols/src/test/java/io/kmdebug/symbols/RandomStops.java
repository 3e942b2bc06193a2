package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.Unwinder.Image;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What gdb wrote down of a program at random instructions: registers, memory, and its own walk of the stack. */
final class RandomStops {
    private final Bytes data;
    private final Map<String, Symbols> opened;
    private final List<Stop> stops = new ArrayList<>();
    private long vdsoStart;

    /** A range of memory that is in the data file. */
    private record Chunk(long start, long offset, int length) {}

    private record Placed(long start, long end, Image image) {}

    /** @param kind as gdb numbers them: 0 normal, 2 inlined, 3 tail call, 4 signal trampoline */
    record GdbFrame(long pc, int kind, long sp, int line, String name) {}

    private static final class Process {
        final List<Chunk> memory = new ArrayList<>();
        final List<Placed> images = new ArrayList<>();
    }

    /** The program as it stood. */
    final class Stop {
        final int number;
        final Registers registers = new Registers();
        final List<GdbFrame> frames = new ArrayList<>();
        /** Why gdb's walk ended. */
        String end = "";

        final Process process;
        private final List<Chunk> memory = new ArrayList<>();

        Stop(int number, Process process) {
            this.number = number;
            this.process = process;
        }

        Optional<Image> imageAt(long address) {
            for (Placed placed : process.images) {
                if (Long.compareUnsigned(address - placed.start, placed.end - placed.start) < 0) {
                    return Optional.of(placed.image);
                }
            }
            return Optional.empty();
        }

        MemoryReader memory() {
            return (address, target, offset, length) -> {
                int done = 0;
                while (done < length) {
                    int got = copy(memory, address + done, target, offset + done, length - done);
                    if (got == 0) got = copy(process.memory, address + done, target, offset + done, length - done);
                    if (got == 0) got = fromFile(address + done, target, offset + done, length - done);
                    if (got == 0) break;
                    done += got;
                }
                return done;
            };
        }

        private int copy(List<Chunk> chunks, long address, byte[] target, int offset, int length) {
            for (Chunk chunk : chunks) {
                long skip = address - chunk.start;
                if (skip < 0 || skip >= chunk.length) continue;
                int there = (int) Math.min(length, chunk.length - skip);
                data.copy(chunk.offset + skip, target, offset, there);
                return there;
            }
            return 0;
        }

        private int fromFile(long address, byte[] target, int offset, int length) {
            Image image = imageAt(address).orElse(null);
            if (image == null) return 0;
            ElfFile file = image.symbols().file();
            for (ElfSegment segment : file.segments()) {
                long skip = address - image.loadBias() - segment.address();
                boolean holds = segment.type() == ElfSegment.PT_LOAD && skip >= 0 && skip < segment.fileSize();
                if (!holds || (segment.flags() & ElfSegment.PF_W) != 0) continue;
                int there = (int) Math.min(length, segment.fileSize() - skip);
                file.bytes().copy(segment.offset() + skip, target, offset, there);
                return there;
            }
            return 0;
        }
    }

    private RandomStops(Bytes data, Map<String, Symbols> opened) {
        this.data = data;
        this.opened = opened;
    }

    /**
     * Stops {@code command} at random places.
     *
     * @param opened symbols of images by path; those that are new are added
     */
    static RandomStops of(Path folder, Map<String, Symbols> opened, long seed, int count, List<String> command) {
        try {
            Path script = folder.resolve("randomstops.py");
            try (InputStream in = RandomStops.class.getResourceAsStream("/unwind/randomstops.py")) {
                if (in == null) throw new IOException("no resource randomstops.py");
                Files.write(script, in.readAllBytes());
            }
            Path out = folder.resolve("stops");
            List<String> gdb = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch"));
            for (String set : List.of("$seed=" + seed, "$stops=" + count, "$most_steps=60", "$out=\"" + out + "\"")) {
                gdb.addAll(List.of("-iex", "set " + set));
            }
            gdb.addAll(List.of(
                    "-iex",
                    "set debug-file-directory " + System.getProperty("kmdebug.debug.folder", "/usr/lib/debug")));
            gdb.addAll(List.of("-x", script.toString(), "--args"));
            gdb.addAll(command);
            String said = CrashedProgram.run(folder, 300, gdb.toArray(String[]::new));
            Path text = folder.resolve("stops.txt");
            if (!Files.exists(text)) throw new AssertionError(said);
            RandomStops stops = new RandomStops(Bytes.map(folder.resolve("stops.bin")), opened);
            stops.parse(Files.readAllLines(text));
            if (stops.stops.isEmpty()) throw new AssertionError(said);
            return stops;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Stop> stops() {
        return stops;
    }

    private void parse(List<String> lines) throws IOException {
        Process process = new Process();
        Stop stop = null;
        for (String line : lines) {
            String rest = line.length() > 2 ? line.substring(2) : "";
            switch (line.charAt(0)) {
                case 'P' -> {
                    process = new Process();
                    stop = null;
                }
                case 'L' -> mapped(rest.split("\\|", -1), process);
                case 'M' -> {
                    String[] part = rest.split(" ", -1);
                    Chunk chunk = new Chunk(hex(part[0]), Long.parseLong(part[1]), Integer.parseInt(part[2]));
                    (stop == null ? process.memory : stop.memory).add(chunk);
                    if (stop == null) addVdso(process, chunk);
                }
                case 'S' -> {
                    stop = new Stop(stops.size(), process);
                    stops.add(stop);
                }
                case 'R' -> {
                    String[] part = rest.split(" ", -1);
                    for (int i = 0; i < part.length && stop != null; i += 2) {
                        String name = part[i];
                        for (AmdRegister register : AmdRegister.values()) {
                            if (register.gdbName().equals(name)) stop.registers.set(register, hex(part[i + 1]));
                        }
                    }
                }
                case 'F' -> {
                    String[] part = rest.split(" ", 5);
                    if (stop != null) {
                        stop.frames.add(new GdbFrame(
                                hex(part[0]),
                                Integer.parseInt(part[1]),
                                hex(part[2]),
                                Integer.parseInt(part[3]),
                                part[4]));
                    }
                }
                case 'E' -> {
                    if (stop != null) stop.end = rest;
                }
                default -> {}
            }
        }
    }

    private void mapped(String[] part, Process process) throws IOException {
        long start = hex(part[1]);
        long offset = hex(part[3]);
        if (part[0].equals("[vdso]")) {
            vdsoStart = start;
            return;
        }
        Symbols symbols = opened.get(part[0]);
        if (symbols == null) {
            Path path = Path.of(part[0]);
            byte[] magic = new byte[4];
            try (InputStream in = Files.newInputStream(path)) {
                if (in.read(magic) < 4 || magic[0] != 0x7f || magic[1] != 'E') return;
            }
            symbols = Symbols.of(ElfFile.open(path));
            opened.put(part[0], symbols);
        }
        long first = 0;
        for (ElfSegment segment : symbols.file().segments()) {
            if (segment.type() != ElfSegment.PT_LOAD) continue;
            first = (segment.address() & -4096) - (segment.offset() & -4096);
            break;
        }
        // every mapping of a file has its own place in the file, but the bias is that of the first one
        long bias = start - offset - first;
        for (Placed placed : process.images) {
            if (placed.image.symbols() == symbols) bias = placed.image.loadBias();
        }
        process.images.add(new Placed(start, hex(part[2]), new Image(symbols, bias)));
    }

    private void addVdso(Process process, Chunk chunk) {
        if (chunk.start != vdsoStart || vdsoStart == 0) return;
        Symbols symbols = opened.computeIfAbsent(
                "[vdso]", path -> Symbols.of(ElfFile.of(Path.of(path), data.slice(chunk.offset, chunk.length))));
        process.images.add(new Placed(chunk.start, chunk.start + chunk.length, new Image(symbols, chunk.start)));
    }

    private static long hex(String text) {
        return Long.parseUnsignedLong(text, 16);
    }
}
