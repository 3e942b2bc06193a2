package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.symbols.RandomStops.GdbFrame;
import io.kmdebug.symbols.RandomStops.Stop;
import io.kmdebug.symbols.Unwinder.Frame;
import io.kmdebug.symbols.Unwinder.Image;
import io.kmdebug.symbols.demangle.Demangler;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stacks at 500 random instructions of optimised programs, some of which nobody here wrote, against gdb's.
 * {@code -Dkmdebug.random.seed=N} and {@code -Dkmdebug.random.stops=N} (for each program) choose others; the seed is
 * printed. The differences, each with its class, are in {@code target/random-stops.txt}.
 */
class RandomStopsTest {
    /** Shown by gdb at most. */
    private static final int MOST_FRAMES = 100;

    private static final int NORMAL = 0;
    private static final int INLINED = 2;
    private static final int TAIL_CALL = 3;
    private static final int TRAMPOLINE = 4;

    private static final String SAME = "same";
    private static final String UNEXPLAINED = "not explained";

    private static final String SQL = "create table t(a,b);"
            + " with recursive c(x) as (select 1 union all select x+1 from c where x<500)"
            + " insert into t select x, x*7%31 from c; create index i on t(b);"
            + " select b,count(*),avg(a) from t group by b order by 2; select * from t where b like '1%' limit 3;"
            + " select json_extract('{\"a\":[1,2]}','$.a[1]');";
    private static final String PYTHON = "import json,re\n"
            + "print(sum(len(json.dumps({'k%d' % i: re.findall('[a-f]+', str(i * i))})) for i in range(300)),"
            + " sorted(str(x) for x in range(99))[3])";
    private static final String AWK = "BEGIN { for (i = 0; i < 300; i++) {"
            + " a[i % 7] = a[i % 7] sprintf(\"%d\", i * i); gsub(/1+/, \"x\", a[i % 7]) }"
            + " for (k in a) print k, length(a[k]), toupper(substr(a[k], 3, 9)) }";

    @TempDir
    Path folder = Path.of("");

    private final Map<String, Symbols> opened = new HashMap<>();
    private final Map<String, Integer> classes = new TreeMap<>();
    private final List<String> differences = new ArrayList<>();

    private final Map<Symbols, Symbols> bare = new HashMap<>();
    private int framesByRules;
    private int framesByCode;
    private int wrongByCode;

    /**
     * A frame as people see it.
     *
     * @param returned whether its pc can be a return address, where it has to be
     */
    private record Shown(
            long pc,
            int kind,
            long sp,
            String name,
            @Nullable String guess,
            boolean returned) {}

    @Test
    void framesAreThoseOfGdbOrBetter() throws Exception {
        long seed = Long.getLong("kmdebug.random.seed", 4);
        int stops = Integer.getInteger("kmdebug.random.stops", 100);
        System.out.println("random stops: seed " + seed);
        compare("sqlite3", seed, stops, List.of("/usr/bin/sqlite3", ":memory:", SQL));
        compare("python3", seed, stops, List.of("/usr/bin/python3", "-S", "-E", "-c", PYTHON));
        compare("busybox", seed, stops, List.of("/bin/busybox", "awk", AWK));
        compare("C++", seed, stops, List.of(compile("stops.cpp", "g++ -g -O2")));
        compare("Rust", seed, stops, List.of(compile("stops.rs", "/usr/bin/rustc -g -C opt-level=2")));
        report(seed);
        assertThat(classes).as("see target/random-stops.txt").doesNotContainKey(UNEXPLAINED);
        assertThat(classes.get(SAME)).isGreaterThan(5 * stops / 2);
        // the same frames, when nothing but the code itself is known
        assertThat(framesByCode).isGreaterThan(framesByRules * 98 / 100);
        assertThat(wrongByCode).isLessThan(framesByRules / 10);
    }

    private void report(long seed) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + seed);
        classes.forEach((what, count) -> lines.add(String.format("%5d %s", count, what)));
        lines.add(String.format(
                "without any information: %d of %d frames, %d wrong", framesByCode, framesByRules, wrongByCode));
        lines.addAll(differences);
        Path report = Path.of("target", "random-stops.txt");
        Files.createDirectories(report.getParent());
        Files.write(report, lines);
        lines.stream().takeWhile(line -> !line.contains(" stop ")).forEach(System.out::println);
    }

    private String compile(String source, String command) throws IOException {
        Path program = folder.resolve(source + ".program");
        CrashedProgram.resource(source, folder.resolve(source));
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.addAll(List.of("-o", program.toString(), source));
        String said = CrashedProgram.run(folder, words.toArray(String[]::new));
        assertThat(program).as(said).exists();
        return program.toString();
    }

    private void compare(String what, long seed, int count, List<String> command) throws IOException {
        Path room = Files.createDirectories(folder.resolve(what));
        // every run of the program has its images at the same places
        AtomicReference<Stop> now = new AtomicReference<>();
        Unwinder unwinder = Unwinder.over(address -> now.get().imageAt(address));
        Unwinder byCode = Unwinder.over(address -> now.get().imageAt(address).map(this::bare));
        for (Stop stop : RandomStops.of(room, opened, seed, count, command).stops()) {
            now.set(stop);
            List<Frame> walked = unwinder.walk(stop.registers, stop.memory(), MOST_FRAMES);
            List<Shown> ours = shown(unwinder, walked, stop);
            List<Shown> theirs = gdb(stop);
            String kind = classify(ours, theirs);
            classes.merge(kind, 1, Integer::sum);
            if (!kind.equals(SAME)) {
                int from = Math.max(0, alike(ours, theirs) - 2);
                differences.add(String.format(
                        "%s stop %d: %s; from frame %d; gdb ended: %s", what, stop.number, kind, from, stop.end));
                differences.add("  ours   " + text(ours, from));
                differences.add("  gdb's  " + text(theirs, from));
            }
            // busybox has no rules for most of its code: nothing to compare with
            if (stop.number % 10 == 0 && !what.equals("busybox")) walkByCode(byCode, stop, walked);
        }
    }

    private static String classify(List<Shown> ours, List<Shown> theirs) {
        int same = alike(ours, theirs);
        boolean whole = same == ours.size() || theirs.size() == MOST_FRAMES;
        if (whole && same == theirs.size()) return SAME;
        if (same == theirs.size()) return "gdb ends earlier";
        List<Shown> without = new ArrayList<>(ours);
        without.removeIf(f -> f.kind == TAIL_CALL && theirs.stream().noneMatch(t -> t.kind == f.kind && t.pc == f.pc));
        if (without.size() < ours.size()) {
            String kind = classify(without, theirs);
            return kind.equals(SAME) ? "gdb lacks a tail call" : kind;
        }
        if (same > 0 && !theirs.get(same).returned) return "gdb takes for a return address what no call returns to";
        if (same == 0 && hidesInlined(ours, theirs)) return "gdb hides an inlined function that is about to begin";
        return UNEXPLAINED;
    }

    /** gdb stops in front of an inlined function whose first instruction is where the program stopped. */
    private static boolean hidesInlined(List<Shown> ours, List<Shown> theirs) {
        for (int hidden = 1; hidden < ours.size() && ours.get(hidden - 1).kind == INLINED; hidden++) {
            if (!classify(ours.subList(hidden, ours.size()), theirs).equals(UNEXPLAINED)) return true;
        }
        return false;
    }

    /** How many frames are the same. */
    private static int alike(List<Shown> ours, List<Shown> theirs) {
        int same = 0;
        while (same < Math.min(ours.size(), theirs.size()) && alike(ours.get(same), theirs.get(same))) same++;
        return same;
    }

    private static boolean alike(Shown a, Shown b) {
        boolean sameName = b.name.equals("??") || plain(a.name).equals(plain(b.name));
        return a.pc == b.pc && a.kind == b.kind && (a.kind == TAIL_CALL || a.sp == b.sp) && sameName;
    }

    /** The last part without arguments and without what compilers add: debuggers write types in their own ways. */
    private static String plain(String name) {
        StringBuilder plain = new StringBuilder();
        int depth = 0;
        String text = name.replace("(anonymous namespace)", "anonymous")
                .replaceAll("operator(<<|>>|<=>|<=|>=|->|<|>|\\(\\))", "operator")
                .replaceAll("\\[abi:\\w+]|\\{impl#?\\w*}", "");
        for (char c : text.toCharArray()) {
            if (c == '(' || c == '<') depth++;
            else if (c == ')' || c == '>') depth--;
            else if (depth == 0) plain.append(c);
        }
        String last = plain.toString().replaceFirst("( const)? ?(@plt)?$", "$2").replaceFirst(".*(::|[ *&])", "");
        return last.replaceFirst("^__GI_", "")
                .replaceFirst("^_+(?!start$)", "")
                .replaceFirst("(\\.(isra|part|constprop|cold|lto_priv)(\\.\\d+)*)+$", "");
    }

    private static String text(List<Shown> frames, int from) {
        return frames.stream()
                .skip(from)
                .limit(6)
                .map(f -> String.format(
                        "%x/%x %s%s%s",
                        f.pc,
                        f.sp,
                        f.name,
                        f.kind == INLINED ? " [inlined]" : f.kind == TAIL_CALL ? " [tail call]" : "",
                        f.guess == null ? "" : " [found " + f.guess + "]"))
                .collect(Collectors.joining(" | "));
    }

    private static List<Shown> gdb(Stop stop) {
        ImageCode code = new ImageCode(stop::imageAt, stop.memory());
        List<Shown> frames = new ArrayList<>();
        for (GdbFrame f : stop.frames) {
            String name = f.kind() == TRAMPOLINE ? "<signal>" : f.name();
            boolean returned = f.kind() != NORMAL || code.followsCall(f.pc());
            frames.add(new Shown(f.pc(), f.kind(), f.sp(), name, null, returned));
        }
        return frames;
    }

    private static List<Shown> shown(Unwinder unwinder, List<Frame> walked, Stop stop) {
        List<Shown> shown = new ArrayList<>();
        for (int i = 0; i < walked.size(); i++) {
            Frame frame = walked.get(i);
            show(frame, shown);
            if (i + 1 == walked.size()) continue;
            for (Frame gone : unwinder.tailCallers(frame, entry(frame), walked.get(i + 1), stop.memory())) {
                show(gone, shown);
            }
        }
        return shown;
    }

    private static long lookup(Frame frame, Image image) {
        return frame.pc() - image.loadBias() - (frame.afterCall() ? 1 : 0);
    }

    private static long entry(Frame frame) {
        Image image = frame.image().orElse(null);
        if (image == null) return 0;
        List<FunctionScope> scopes = image.symbols().scopesAt(lookup(frame, image));
        if (!scopes.isEmpty()) return scopes.get(scopes.size() - 1).entryPc() + image.loadBias();
        return image.symbols()
                .symbolAt(lookup(frame, image))
                .map(s -> s.value() + image.loadBias())
                .orElse(0L);
    }

    private static void show(Frame frame, List<Shown> into) {
        long sp = frame.registers().sp();
        Image image = frame.image().orElse(null);
        if (frame.signalFrame()) {
            into.add(new Shown(frame.pc(), TRAMPOLINE, sp, "<signal>", frame.guess(), true));
            return;
        }
        List<FunctionScope> scopes = image == null ? List.of() : image.symbols().scopesAt(lookup(frame, image));
        int outer = frame.tailCall() ? TAIL_CALL : NORMAL;
        if (scopes.isEmpty()) {
            String name = Optional.ofNullable(image)
                    .flatMap(i -> i.symbols().symbolAt(lookup(frame, i)))
                    .map(s -> Demangler.readable(s.name()))
                    .orElse("??");
            into.add(new Shown(frame.pc(), outer, sp, name, frame.guess(), true));
            return;
        }
        for (int i = 0; i < scopes.size(); i++) {
            int kind = frame.tailCall() || i + 1 == scopes.size() ? outer : INLINED;
            into.add(new Shown(frame.pc(), kind, sp, scopes.get(i).name(), frame.guess(), true));
            if (frame.tailCall()) return; // gdb shows the innermost one alone
        }
    }

    /** The same walk without call frame information and without symbols. */
    private void walkByCode(Unwinder unwinder, Stop stop, List<Frame> byRules) {
        Set<String> expected = places(byRules);
        Set<String> found = places(unwinder.walk(stop.registers, stop.memory(), MOST_FRAMES));
        framesByRules += expected.size();
        for (String place : found) {
            if (expected.contains(place)) framesByCode++;
            else wrongByCode++;
        }
    }

    private static Set<String> places(List<Frame> frames) {
        return frames.stream()
                .skip(1)
                .map(f -> f.pc() + " " + f.registers().sp())
                .collect(Collectors.toSet());
    }

    /** The image as if its file had nothing but code and data. */
    private Image bare(Image image) {
        CallFrameInfo none = (pc, bias, registers, memory) -> Optional.empty();
        Symbols stripped = bare.computeIfAbsent(image.symbols(), full -> (Symbols) Proxy.newProxyInstance(
                Symbols.class.getClassLoader(), new Class<?>[] {Symbols.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "callFrames" -> none;
                        case "symbolAt" -> Optional.empty();
                        case "symbolsNamed", "scopesAt" -> List.of();
                        case "equals" -> proxy == arguments[0];
                        default -> method.invoke(full, arguments);
                    };
                }));
        return new Image(stripped, image.loadBias());
    }
}
