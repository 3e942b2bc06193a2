package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.CrashAnalysis;
import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.Session;
import io.kmdebug.machine.LinuxSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What crashes mean: the same from cores of Linux and of km, and what the source says. */
@Timeout(600)
class CrashAnalysisTest {
    @TempDir
    static Path folder = Path.of("");

    private static final Map<String, Crashes> COMPILED = new HashMap<>();

    /** Compiling takes longer than crashing: one program for all kinds. */
    private static Crashes crashes(String extension) throws Exception {
        if (COMPILED.isEmpty()) KmSessionTest.km(folder);
        Crashes known = COMPILED.get(extension);
        if (known == null) COMPILED.put(extension, known = Crashes.of(folder, extension));
        return known;
    }

    private static CrashAnalysis analysis(Path core) {
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), new Events())) {
            CrashAnalysis analysis = session.report(1).analysis();
            assertThat(analysis.summary()).startsWith(session.explanation());
            return analysis;
        }
    }

    /** Addresses, thread ids and names of temporary files are no two runs' own. */
    private static String comparable(String text) {
        return text.replaceAll("0x[0-9a-f]{6,}", "ADDRESS")
                .replaceAll("thread \\d+", "thread N")
                .replaceAll("process \\d+", "process N")
                // in the prologue or at the call, as the stack's end happens to lie
                .replaceAll("crashes::deep \\(crashes.rs:10\\)", "crashes::deep (crashes.rs:8)")
                .replaceAll("bus-\\w+", "bus-X")
                .replaceAll("[0-9]{4,} frames", "many frames")
                .replaceAll("Assertion `.*\\.,", "Assertion,")
                .replaceAll("failed: .* Assertion", "failed: Assertion");
    }

    private final List<Path> cores = new ArrayList<>();

    /** Both cores, and what they agree on. */
    private CrashAnalysis both(Crashes crashes, String kind) throws Exception {
        Path km = crashes.kmCore(kind);
        Path linux = crashes.nativeCore(kind);
        cores.addAll(List.of(km, linux));
        CrashAnalysis ours = analysis(km);
        CrashAnalysis theirs = analysis(linux);
        assertThat(comparable(ours.summary())).as(kind).isEqualTo(comparable(theirs.summary()));
        assertThat(ours.cause()).isEqualTo(theirs.cause());
        assertThat(ours.signature()).as(kind).isNotNull().isEqualTo(theirs.signature());
        return theirs;
    }

    /** Others open the cores without a warning, and gdb's stacks are ours, in km's cores and in Linux's. */
    private void compareWithOthers(Crashes crashes) throws Exception {
        CoreReaders readers = new CoreReaders(folder, crashes.program(), cores);
        readers.openWithoutAWarning();
        Map<Path, List<String>> theirs = readers.gdbStacks();
        for (Path core : cores) {
            List<String> gdb = theirs.getOrDefault(core, List.of());
            List<String> ours = CoreReaders.ourStack(core);
            // where gdb loses the way, behind the frame of a signal in Go, ours goes on
            int same = 0;
            while (same < gdb.size() && same < ours.size() && gdb.get(same).equals(ours.get(same))) same++;
            boolean lost = same > 1 && same < gdb.size() && gdb.get(same).equals("??");
            if (!lost) assertThat(ours).as(core.toString()).isEqualTo(gdb);
        }
    }

    private static String where(Path source, String marker) throws Exception {
        List<String> lines = java.nio.file.Files.readAllLines(source);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(marker)) return "(" + source.getFileName() + ":" + (i + 1) + ")";
        }
        throw new AssertionError(source + " has no line with " + marker);
    }

    @Test
    void crashesOfC() throws Exception {
        Crashes crashes = crashes("c");
        Path source = folder.resolve("crashes.c");
        List<List<String>> table = List.of(
                List.of(
                        "null",
                        "NULL_POINTER",
                        "null pointer dereference: reads note->urgency, and note is 0x0, in urgency_of ",
                        "static int urgency_of"),
                List.of(
                        "chain",
                        "NULL_POINTER",
                        "null pointer dereference: reads first->next->place->y, and first->next->place is 0x0, in chained ",
                        "static int chained"),
                List.of(
                        "global",
                        "NULL_POINTER",
                        "null pointer dereference: reads board->urgency, and board is 0x0, in global ",
                        "static int global"),
                List.of(
                        "store",
                        "NULL_POINTER",
                        "null pointer dereference: writes table[5], and table is 0x0, in stored ",
                        "static void stored"),
                List.of(
                        "overflow",
                        "STACK_OVERFLOW",
                        "stack overflow: depth calls itself without end, more than many frames, the stack ends above ADDRESS, in depth ",
                        "static int depth"),
                List.of(
                        "divide",
                        "DIVISION_BY_ZERO",
                        "integer division by zero: b is 0, in quotient ",
                        "static int quotient"),
                List.of(
                        "quotient",
                        "DIVISION_OVERFLOW",
                        "integer division whose quotient does not fit: b is -1, in quotient ",
                        "static int quotient"),
                List.of(
                        "jump",
                        "BAD_JUMP",
                        "call of a null function pointer: hook is 0x0, in jump ",
                        "static void jump"),
                List.of(
                        "data",
                        "BAD_JUMP",
                        "call of ADDRESS, which is not executable, hook is ADDRESS, in jump ",
                        "static void jump"),
                List.of(
                        "heap",
                        "BAD_JUMP",
                        "call of ADDRESS, which is not executable, hook is ADDRESS, in jump ",
                        "static void jump"),
                List.of(
                        "table",
                        "BAD_JUMP",
                        "call of ADDRESS, which is not executable, hook is ADDRESS, in jump ",
                        "static void jump"),
                List.of(
                        "nowhere",
                        "BAD_JUMP",
                        "call of ADDRESS, which is not mapped, hook is ADDRESS, in jump ",
                        "static void jump"),
                List.of(
                        "illegal",
                        "ILLEGAL_INSTRUCTION",
                        "illegal instruction: ud2, which compilers put where code must not come, in illegal ",
                        "static void illegal"),
                List.of("trap", "TRAP", "breakpoint instruction of the program, in trap ", "static void trap"),
                List.of(
                        "wild",
                        "BAD_ADDRESS",
                        "bad pointer: reads at->urgency, and at is ADDRESS; address ADDRESS is no address (not canonical), in wild ",
                        "static int wild"),
                List.of(
                        "stale",
                        "NULL_POINTER",
                        "null pointer dereference: reads address 0x10 through rax, in stale ",
                        "static int stale"),
                List.of(
                        "constant",
                        "PROTECTED_ADDRESS",
                        "forbidden access: writes *text, and text is ADDRESS, which is read-only or guarded, in constant ",
                        "static void constant"),
                List.of(
                        "bus",
                        "BUS_ERROR",
                        "bus error: address ADDRESS is behind the end of its file, in the mapping of /tmp/kmdebug-bus-X (deleted), in bus ",
                        "page[100];"),
                List.of("assert", "ASSERTION", "assertion failed: Assertion, in main ", "assert(argc"),
                List.of(
                        "twice",
                        "HEAP_CORRUPTION",
                        "heap corruption, found by the C library: double free or corruption (!prev), in _int_free, called from twice ",
                        "    free(block); // again"),
                List.of(
                        "handler",
                        "NULL_POINTER",
                        "null pointer dereference: reads note->urgency, and note is 0x0, in urgency_of ",
                        "static int urgency_of"));
        for (List<String> row : table) {
            CrashAnalysis analysis = both(crashes, row.get(0));
            assertThat(analysis.cause()).as(row.get(0)).isEqualTo(Cause.valueOf(row.get(1)));
            String end = row.get(0).equals("handler") ? "; its handler ended the program by SIGABRT" : "";
            assertThat(comparable(analysis.summary())).isEqualTo(row.get(2) + where(source, row.get(3)) + end);
        }
        compareWithOthers(crashes);
    }

    @Test
    void everySignalThatDumps() throws Exception {
        Crashes crashes = crashes("c");
        for (int signal : new int[] {3, 4, 5, 6, 7, 8, 11, 24, 25, 31}) {
            CrashAnalysis analysis = both(crashes, Integer.toString(signal));
            assertThat(analysis.summary()).startsWithIgnoringCase(LinuxSignal.describe(signal) + ": sent by process ");
            assertThat(analysis.cause()).isEqualTo(signal == 6 ? Cause.ABORT : Cause.SIGNAL);
        }
        compareWithOthers(crashes);
    }

    @Test
    void threadsThatStandAlikeAndThoseThatWaitForOneAnother() throws Exception {
        Crashes crashes = crashes("c");
        CrashAnalysis crowd = both(crashes, "crowd");
        assertThat(crowd.groups()).hasSize(2);
        assertThat(crowd.groups().get(1)).hasSize(200);
        assertThat(crowd.calls()).hasSize(200);
        assertThat(crowd.calls().values()).allMatch(call -> call.text().equals("pause()"));
        compareWithOthers(crashes);
        for (Path core : List.of(crashes.kmCore("deadlock"), crashes.nativeCore("deadlock"))) {
            CrashAnalysis deadlock = analysis(core);
            assertThat(deadlock.cause()).isEqualTo(Cause.DEADLOCK);
            assertThat(deadlock.waits())
                    .extracting(CrashAnalysis.Wait::object)
                    .containsExactlyInAnyOrder("mutex left", "mutex right");
            List<Long> circle = deadlock.deadlocks().get(0);
            assertThat(circle).hasSize(2);
            assertThat(deadlock.summary())
                    .isEqualTo("deadlock: thread " + circle.get(0) + " waits for mutex right, which thread "
                            + circle.get(1)
                            + " holds, thread " + circle.get(1) + " waits for mutex left, which thread " + circle.get(0)
                            + " holds (ended by SIGQUIT)");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cc|this|NULL_POINTER|null pointer dereference: reads this->size, and this is 0x0, in Box::weight |int weight",
                "cc|reference|NULL_POINTER|null pointer dereference: reads shelf.second->size, and shelf.second is 0x0, in weigh |static int weigh",
                "cc|throw|EXCEPTION|uncaught C++ exception std::runtime_error: out of luck, in main |throw std",
                "rs|index|PANIC|Rust panic, bounds check, in crashes::pick |fn pick",
                "rs|expect|PANIC|'Rust panic, expect failed: \"there is nothing\", in crashes::open '|fn open",
                "rs|abort|ABORT|'the program called abort(), in crashes::main '|std::process::abort",
                "rs|deep|STACK_OVERFLOW|'stack overflow: crashes::deep calls itself without end, many frames, the stack ends above ADDRESS, in crashes::deep '|fn deep",
                "go|nil|PANIC|'Go panic: runtime.errorString(\"invalid memory address or nil pointer dereference\"), in main.walk '|func walk",
                "go|index|PANIC|'Go panic: runtime.boundsError({x=5, y=2, signed=true, code=0}), in main.at '|func at",
                "go|panic|PANIC|'Go panic: string(\"bad luck 13\"), in main.main '|panic(fmt",
            })
    void crashesOfOtherLanguages(String extension, String kind, Cause cause, String summary, String line)
            throws Exception {
        CrashAnalysis analysis = both(crashes(extension), kind);
        assertThat(analysis.cause()).isEqualTo(cause);
        String text = comparable(analysis.summary()).replace("; its handler ended the program by SIGABRT", "");
        assertThat(text).isEqualTo(summary.stripTrailing() + " " + where(folder.resolve("crashes." + extension), line));
        compareWithOthers(crashes(extension));
    }
}
