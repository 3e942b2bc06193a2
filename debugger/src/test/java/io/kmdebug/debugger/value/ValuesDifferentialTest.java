package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.Tools;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Symbols;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.VariableSymbol;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The values of all parameters and locals of all frames at random instructions, compared with gdb's. Every difference
 * falls into a class; those where we would be wrong, or would know less, must be empty.
 */
@Timeout(120)
class ValuesDifferentialTest {
    private static final int STOPS = Integer.getInteger("kmdebug.stops", 40);
    private static final int SEED = Integer.getInteger("kmdebug.stops.seed", 4);

    /** How our answer and gdb's relate. */
    private enum Outcome {
        EQUAL,
        /** Neither has a value. */
        BOTH_WITHOUT,
        /**
         * gdb shows what a callee left in a register that calls do not keep, zeros for what no piece describes, the
         * elements of an array that has no length yet, or what the first caller passed to a function that may have
         * jumped to itself since.
         */
        GDB_GUESSES,
        /** gdb has none, or fails. */
        GDB_WITHOUT,
        WE_WITHOUT,
        DIFFERENT,
        WE_LACK_THE_VARIABLE,
        WE_LACK_THE_FRAME
    }

    private static final Set<String> ZEROS = Set.of("i0", "f0000000000000000");

    @TempDir
    Path folder = Path.of("");

    private final Map<Outcome, Integer> counts = new TreeMap<>();
    private final Map<Outcome, List<String>> examples = new TreeMap<>();

    @ParameterizedTest
    @CsvSource({
        "gcc,-O0,stops.c",
        "gcc,-Og,stops.c",
        "gcc,-O2,stops.c",
        "clang,-O0,stops.c",
        "clang,-Og,stops.c",
        "clang,-O2,stops.c",
        "g++,-O0,stops.cc",
        "g++,-Og,stops.cc",
        "g++,-O2,stops.cc",
        "clang++,-O0,stops.cc",
        "clang++,-Og,stops.cc",
        "clang++,-O2,stops.cc"
    })
    void everyValueIsThatOfGdbOrBetter(String compiler, String level, String source) throws Exception {
        Path copy = folder.resolve(source);
        try (InputStream in = ValuesDifferentialTest.class.getResourceAsStream("/stops/" + source)) {
            assertThat(in).isNotNull();
            Files.write(copy, in.readAllBytes());
        }
        Path program = folder.resolve("program");
        List<String> command =
                List.of(compiler, "-g", level, "-w", "-static", "-o", program.toString(), copy.toString());
        Tools.run(folder, command);
        ElfFile file = ElfFile.open(program);
        Unwinder.Image image = new Unwinder.Image(Symbols.of(file), 0);
        List<Stops.Stop> stops = Stops.of(program, source, STOPS, SEED);
        assertThat(stops.size()).isGreaterThan(STOPS / 6);
        for (Stops.Stop stop : stops) compare(stop, image, source);
        System.Logger log = System.getLogger(ValuesDifferentialTest.class.getName());
        log.log(System.Logger.Level.DEBUG, "{0} {1}: {2} stops, {3}", compiler, level, stops.size(), counts);
        if (Boolean.getBoolean("kmdebug.stops.show")) {
            System.out.printf("%s %s %s: %d stops %s%n", compiler, level, source, stops.size(), counts);
            examples.forEach(
                    (o, list) -> list.stream().limit(12).forEach(e -> System.out.println("   " + o + " " + e)));
        }
        assertThat(counts.getOrDefault(Outcome.EQUAL, 0)).isGreaterThan(200);
        for (Outcome wrong : List.of(
                Outcome.DIFFERENT, Outcome.WE_WITHOUT, Outcome.WE_LACK_THE_VARIABLE, Outcome.WE_LACK_THE_FRAME)) {
            assertThat(examples.getOrDefault(wrong, List.of())).as("%s", wrong).isEmpty();
        }
    }

    private static MemoryReader withFile(Stops.Stop stop, ElfFile file) {
        return (address, target, offset, length) -> {
            int got = stop.read(address, target, offset, length);
            if (got > 0) return got;
            for (ElfSegment segment : file.segments()) {
                if (segment.type() != ElfSegment.PT_LOAD || !segment.contains(address)) continue;
                long within = address - segment.address();
                int count = (int) Math.max(0, Math.min(length, segment.fileSize() - within));
                file.bytes().copy(segment.offset() + within, target, offset, count);
                return count;
            }
            return 0;
        };
    }

    private void compare(Stops.Stop stop, Unwinder.Image image, String source) {
        ElfFile file = image.symbols().file();
        MemoryReader memory = withFile(stop, file);
        List<Unwinder.Frame> walked = frames(stop, image, memory);
        List<Stops.Frame> ours = new ArrayList<>();
        FrameContext[] contexts = contexts(walked, memory, stop.registers(), file);
        for (FrameContext context : contexts) {
            for (FunctionScope function : image.symbols().scopesAt(context.linkPc())) {
                Map<String, Set<String>> values = new TreeMap<>();
                variables(function, context, memory, values);
                ours.add(new Stops.Frame(context.registers().pc(), "", plain(function.name()), values));
            }
        }
        int next = 0;
        for (Stops.Frame expected : stop.frames()) {
            if (expected.kind().equals("tail") || expected.values().isEmpty()) continue;
            int found = next;
            while (found < ours.size() && !same(ours.get(found), expected)) found++;
            if (found == ours.size()) {
                String there = ours.stream()
                        .map(f -> Long.toHexString(f.pc()) + " " + f.function())
                        .toList()
                        .toString();
                note(
                        Outcome.WE_LACK_THE_FRAME,
                        String.format("0x%x %s in %s", expected.pc(), expected.function(), there));
                continue;
            }
            next = found + 1;
            compare(
                    String.format("0x%x %s/%d", stop.registers().pc(), expected.function(), found),
                    expected.values(),
                    ours.get(found).values());
        }
    }

    /** With the functions that left by a tail call. */
    private static List<Unwinder.Frame> frames(Stops.Stop stop, Unwinder.Image image, MemoryReader memory) {
        ElfFile file = image.symbols().file();
        Unwinder unwinder = Unwinder.over(pc -> Optional.of(image)
                .filter(i -> file.segments().stream().anyMatch(s -> s.type() == ElfSegment.PT_LOAD && s.contains(pc))));
        List<Unwinder.Frame> walked = unwinder.walk(stop.registers(), memory, 100);
        List<Unwinder.Frame> all = new ArrayList<>();
        for (int i = 0; i < walked.size(); i++) {
            Unwinder.Frame frame = walked.get(i);
            all.add(frame);
            List<FunctionScope> scopes = image.symbols().scopesAt(frame.pc() - (frame.afterCall() ? 1 : 0));
            if (scopes.isEmpty() || i + 1 == walked.size()) continue;
            long entry = scopes.get(scopes.size() - 1).entryPc();
            all.addAll(unwinder.tailCallers(frame, entry, walked.get(i + 1), memory));
        }
        return all;
    }

    private static FrameContext[] contexts(
            List<Unwinder.Frame> walked, MemoryReader memory, io.kmdebug.machine.Registers registers, ElfFile file) {
        FrameContext[] contexts = new FrameContext[walked.size()];
        FrameContext caller = null;
        long thread = registers.get(io.kmdebug.machine.AmdRegister.FS_BASE);
        long tlsBytes = file.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_TLS)
                .mapToLong(s -> s.memorySize() + s.align() - 1 & -s.align())
                .sum();
        for (int i = walked.size() - 1; i >= 0; i--) {
            Unwinder.Frame frame = walked.get(i);
            caller = new FrameContext(
                    frame.registers(),
                    frame.cfa(),
                    memory,
                    0,
                    ThreadLocals.at(OptionalLong.of(thread - tlsBytes)),
                    caller,
                    frame.afterCall());
            contexts[i] = caller;
        }
        return contexts;
    }

    private static void variables(
            FunctionScope function, FrameContext context, MemoryReader memory, Map<String, Set<String>> values) {
        List<VariableSymbol> variables = new ArrayList<>(function.parameters());
        variables.addAll(function.localsAt(context.linkPc()));
        Leaves leaves = new Leaves(memory, values);
        for (VariableSymbol v : variables) leaves.add(Value.of(v, context), v.name() + ":" + v.declarationLine());
    }

    private static boolean same(Stops.Frame ours, Stops.Frame gdbs) {
        return ours.pc() == gdbs.pc() && ours.function().equals(plain(gdbs.function()));
    }

    /** Names of templates and lambdas are spelled in more than one way. */
    private static String plain(String function) {
        if (function.contains("operator()")) return "call";
        return function.replaceFirst("[<(].*", "").replaceFirst(".*::", "");
    }

    private void compare(String where, Map<String, Set<String>> gdbs, Map<String, Set<String>> ours) {
        gdbs.forEach((key, theirs) -> {
            // gdb also lists, without a value, variables that gcc put into a block within the inlined function
            if (theirs.size() > 1) theirs.remove("?");
            Set<String> mine = ours.getOrDefault(key, new TreeSet<>());
            if (key.startsWith("__")) return;
            note(outcome(theirs, mine, key, ours), where + " " + key + ": gdb " + theirs + ", we " + mine);
        });
    }

    private static Outcome outcome(Set<String> theirs, Set<String> mine, String key, Map<String, Set<String>> ours) {
        boolean gdbWithout = theirs.stream().allMatch(v -> v.startsWith("?") || v.startsWith("E "));
        boolean weWithout = mine.stream().allMatch(v -> v.startsWith("?"));
        if (mine.equals(theirs) || theirs.contains("skip")) return Outcome.EQUAL;
        if (mine.isEmpty()) {
            if (isOfUnknownLength(key, ours)) return Outcome.GDB_GUESSES;
            return gdbWithout ? Outcome.BOTH_WITHOUT : Outcome.WE_LACK_THE_VARIABLE;
        }
        if (gdbWithout) return weWithout ? Outcome.BOTH_WITHOUT : Outcome.GDB_WITHOUT;
        if (mine.stream().allMatch(v -> v.startsWith("?register ") && v.endsWith("not saved")))
            return Outcome.GDB_GUESSES;
        // gdb looks for a way back by jumps in the functions that it knows the callee to be; clang does not name them
        // all
        if (mine.stream().allMatch(v -> v.endsWith("may have jumped to itself)"))) return Outcome.GDB_GUESSES;
        // pieces that say nothing of the value's end: gdb has zeros there
        boolean member = key.matches(".*:\\d+[.\\[].*");
        if (member && mine.equals(Set.of("?optimized out")) && ZEROS.containsAll(theirs)) return Outcome.GDB_GUESSES;
        return weWithout ? Outcome.WE_WITHOUT : Outcome.DIFFERENT;
    }

    /** A variable-length array whose length is not set yet: gdb believes whatever is there. */
    private static boolean isOfUnknownLength(String key, Map<String, Set<String>> ours) {
        return ours.entrySet().stream()
                .anyMatch(e -> e.getValue().contains(Leaves.NO_LENGTH) && key.startsWith(e.getKey()));
    }

    private void note(Outcome outcome, String example) {
        counts.merge(outcome, 1, Integer::sum);
        if (outcome != Outcome.EQUAL && outcome != Outcome.BOTH_WITHOUT) {
            examples.computeIfAbsent(outcome, o -> new ArrayList<>()).add(example);
        }
    }
}
