package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.Tools;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.io.BufferedReader;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a program looked like at random instructions, and what gdb said of its variables there. */
final class Stops {
    /**
     * A frame as gdb has it.
     *
     * @param values by name, line of declaration and path to a member or element
     */
    record Frame(long pc, String kind, String function, Map<String, Set<String>> values) {}

    /** One stop; its memory is what was written down of it. */
    record Stop(Registers registers, NavigableMap<Long, byte[]> memory, List<Frame> frames) implements MemoryReader {
        @Override
        public int read(long address, byte[] target, int offset, int length) {
            Map.Entry<Long, byte[]> block = memory.floorEntry(address);
            if (block == null || address - block.getKey() >= block.getValue().length) return 0;
            int skip = (int) (address - block.getKey());
            int count = Math.min(length, block.getValue().length - skip);
            System.arraycopy(block.getValue(), skip, target, offset, count);
            return count;
        }
    }

    private Stops() {}

    static List<Stop> of(Path program, String source, int count, int seed) throws Exception {
        Path folder = program.toAbsolutePath().getParent();
        Path script = folder.resolve("stops.py");
        try (InputStream in = Stops.class.getResourceAsStream("/stops/stops.py")) {
            assertThat(in).isNotNull();
            Files.write(script, in.readAllBytes());
        }
        Path out = folder.resolve(program.getFileName() + ".stops");
        String said = Tools.run(
                folder,
                List.of(
                        "env",
                        "STOPS_OUT=" + out,
                        "STOPS_COUNT=" + count,
                        "STOPS_SOURCE=" + source,
                        "STOPS_SEED=" + seed,
                        "gdb",
                        "-nx",
                        "-q",
                        "-batch",
                        "-iex",
                        "set debuginfod enabled off",
                        "-x",
                        script.toString(),
                        program.toString()));
        assertThat(said).contains("exited normally").doesNotContain("Traceback");
        return read(out);
    }

    private static List<Stop> read(Path file) throws Exception {
        List<Stop> stops = new ArrayList<>();
        Stop stop = new Stop(new Registers(), new TreeMap<>(), new ArrayList<>());
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] part = line.split("\\|", -1);
                switch (part[0]) {
                    case "S" -> {
                        stop = new Stop(new Registers(), new TreeMap<>(), new ArrayList<>());
                        stops.add(stop);
                    }
                    case "R" -> register(stop.registers, part[1], part[2]);
                    case "M" ->
                        stop.memory.put(
                                Long.parseUnsignedLong(part[1], 16),
                                HexFormat.of().parseHex(part[2]));
                    case "F" ->
                        stop.frames.add(new Frame(
                                Long.parseUnsignedLong(part[1], 16), part[2], part[3], new LinkedHashMap<>()));
                    case "V" ->
                        stop.frames
                                .get(stop.frames.size() - 1)
                                .values
                                .computeIfAbsent(part[1] + ":" + part[2] + part[3], key -> new TreeSet<>())
                                .add(part[4]);
                    default -> throw new AssertionError(line);
                }
            }
        }
        return stops;
    }

    private static void register(Registers registers, String name, String hex) {
        AmdRegister register = AmdRegister.byGdbName(name);
        assertThat(register).as(name).isNotNull();
        registers.set(register, Scalars.bytes(new BigInteger(hex, 16), register.bytes()));
    }
}
