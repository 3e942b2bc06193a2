package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.CoreThread;
import io.kmdebug.coredump.MappedFile;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real program that crashed: its core, the images in it, and what gdb says about it. */
final class CrashedProgram {
    private final Path program;
    private final Path corePath;
    private final CoreFile core;
    private final List<Placed> images = new ArrayList<>();

    private record Placed(long start, long end, Image image) {}

    private CrashedProgram(Path program, Path corePath) throws IOException, UnreadableMemoryException {
        this.program = program;
        this.corePath = corePath;
        this.core = CoreFile.open(corePath);
        Map<String, Image> opened = new LinkedHashMap<>();
        for (MappedFile file : core.mappedFiles()) {
            if (file.fileOffset() == 0 && !opened.containsKey(file.path())) open(file, opened);
            Image image = opened.get(file.path());
            if (image != null) images.add(new Placed(file.start(), file.end(), image));
        }
        // zero pages behind the data of a static program belong to it too, but to no file
        long vdso = core.auxv().get(AuxVector.AT_SYSINFO_EHDR).orElse(0);
        if (vdso != 0) {
            byte[] content = core.memory().read(vdso, 8192);
            ElfFile elf = ElfFile.of(Path.of("vdso"), Bytes.of("vdso", content));
            images.add(new Placed(vdso, vdso + 8192, new Image(Symbols.of(elf), vdso)));
        }
    }

    private static void open(MappedFile file, Map<String, Image> opened) throws IOException {
        ElfFile elf = ElfFile.open(Path.of(file.path()));
        long first = elf.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_LOAD)
                .mapToLong(ElfSegment::address)
                .min()
                .orElse(0);
        opened.put(file.path(), new Image(Symbols.of(elf), file.start() - (first & -4096)));
    }

    /** Compiles a source of this folder's resources and lets it crash with {@code arguments}. */
    static CrashedProgram run(Path folder, String source, List<String> compiler, String... arguments) {
        try {
            Path room = Files.createTempDirectory(folder, "crash");
            Path program = compile(room, source, compiler);
            return new CrashedProgram(program, crash(room, program, arguments));
        } catch (IOException | UnreadableMemoryException e) {
            throw new AssertionError("crash of " + source, e);
        }
    }

    static Path compile(Path room, String source, List<String> compiler) throws IOException {
        Path file = room.resolve(source);
        resource(source, file);
        Path program = room.resolve("program");
        List<String> command = new ArrayList<>(compiler);
        command.addAll(List.of("-w", "-o", program.toString(), file.toString()));
        run(room, command.toArray(String[]::new));
        assertThat(program).exists();
        return program;
    }

    static void resource(String name, Path to) throws IOException {
        try (InputStream in = CrashedProgram.class.getResourceAsStream("/unwind/" + name)) {
            if (in == null) throw new IOException("no resource " + name);
            Files.write(to, in.readAllBytes());
        }
    }

    private static Path crash(Path room, Path program, String... arguments) throws IOException {
        String pattern =
                Files.readString(Path.of("/proc/sys/kernel/core_pattern")).strip();
        Path core = room.resolve("program.core");
        List<String> command = new ArrayList<>();
        if (pattern.equals("core")) {
            command.addAll(List.of("sh", "-c", "ulimit -c unlimited; exec \"$0\" \"$@\"", program.toString()));
        } else {
            command.addAll(List.of("gdb", "-nx", "-batch", "-ex", "handle SIGUSR1 nostop", "-ex", "run"));
            command.addAll(List.of("-ex", "generate-core-file " + core, "--args", program.toString()));
        }
        command.addAll(List.of(arguments));
        run(room, command.toArray(String[]::new));
        if (Files.exists(core)) return core;
        try (var files = Files.list(room)) {
            return files.filter(f -> f.getFileName().toString().matches("core(\\.\\d+)?"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no core in " + room));
        }
    }

    CoreFile core() {
        return core;
    }

    Image programImage() {
        return images.stream()
                .map(Placed::image)
                .filter(i -> i.symbols().file().path().equals(program))
                .findFirst()
                .orElseThrow();
    }

    /** The core's memory, and where it has none the mapped file's. */
    MemoryReader memory() {
        return (address, target, offset, length) -> {
            int got = core.memory().read(address, target, offset, length);
            return got > 0 ? got : readFile(address, target, offset, length);
        };
    }

    private int readFile(long address, byte[] target, int offset, int length) {
        MappedFile mapped = core.mappedFileAt(address).orElse(null);
        if (mapped == null) return 0;
        for (Placed placed : images) {
            if (placed.start != mapped.start()) continue;
            Bytes bytes = placed.image.symbols().file().bytes();
            long at = mapped.fileOffset() + address - mapped.start();
            int there = (int) Math.max(0, Math.min(length, Math.min(mapped.end() - address, bytes.length() - at)));
            bytes.copy(at, target, offset, there);
            return there;
        }
        return 0;
    }

    Optional<Image> imageAt(long address) {
        return images.stream()
                .filter(p -> Long.compareUnsigned(address - p.start, p.end - p.start) < 0)
                .findFirst()
                .map(Placed::image);
    }

    List<Frame> walk(CoreThread thread, int limit) {
        return Unwinder.over(this::imageAt).walk(thread.registers(), memory(), limit);
    }

    /** "pc sp" of each frame, in hex. */
    static List<String> places(List<Frame> frames) {
        return frames.stream()
                .map(f -> Long.toHexString(f.pc()) + " "
                        + Long.toHexString(f.registers().sp()))
                .toList();
    }

    /** The symbol of each frame. */
    static List<String> names(List<Frame> frames) {
        return frames.stream().map(CrashedProgram::name).toList();
    }

    static String name(Frame frame) {
        long pc = frame.pc() - (frame.afterCall() ? 1 : 0);
        return frame.image()
                .flatMap(i -> i.symbols().symbolAt(pc - i.loadBias()))
                .map(s -> s.name())
                .orElse("?");
    }

    /** "pc sp" of each frame of each thread as gdb has them, by tid. */
    Map<Integer, List<String>> gdbFrames() throws IOException {
        Path script = corePath.resolveSibling("frames.py");
        resource("frames.py", script);
        Map<Integer, List<String>> threads = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : gdb("source " + script).split("\n")) {
            if (line.startsWith("T ")) {
                current = new ArrayList<>();
                threads.put(Integer.valueOf(line.substring(2).strip()), current);
            } else if (line.startsWith("F ")) {
                String[] fields = line.split(" ");
                current.add(fields[1] + " " + fields[2]);
            }
        }
        return threads;
    }

    /** The lines of locals.py, the variables of each frame by name. */
    List<String> gdbLocals() throws IOException {
        Path script = corePath.resolveSibling("locals.py");
        resource("locals.py", script);
        List<String> lines = new ArrayList<>();
        int frame = 0;
        for (String line : gdb("source " + script).split("\n")) {
            if (!line.startsWith("F ") && !line.startsWith("V ")) continue;
            lines.add(line);
            if (line.startsWith("F ")) frame = lines.size();
            lines.subList(frame, lines.size()).sort(String::compareTo);
        }
        return lines;
    }

    String gdb(String... commands) {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-iex", "set width 0"));
        command.addAll(List.of("-iex", "set debuginfod enabled off"));
        command.addAll(List.of("-iex", "set backtrace past-main on", "-iex", "set backtrace past-entry on"));
        for (String each : commands) command.addAll(List.of("-ex", each));
        command.addAll(List.of(program.toString(), corePath.toString()));
        return run(corePath.resolveSibling("."), command.toArray(String[]::new));
    }

    static String run(Path room, String... command) {
        return run(room, 60, command);
    }

    static String run(Path room, int seconds, String... command) {
        try {
            Path output = Files.createTempFile(room, "output", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(room.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return fail("%s did not end", String.join(" ", command));
            }
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            Files.delete(output);
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException("this test needs " + command[0], e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("interrupted");
        }
    }
}
