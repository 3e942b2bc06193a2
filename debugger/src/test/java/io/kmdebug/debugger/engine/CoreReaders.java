package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What other programs say about cores of one program: gdb, lldb, eu-stack, readelf. Many cores in one go: it is faster.
 */
final class CoreReaders {
    private static final Pattern COMPLAINT =
            Pattern.compile("(?im)^.*\\b(warning|error|corrupt|truncated)\\b *:.*$|^eu-stack:.*$");
    /** eu-stack's depth and code that is not described, files that are gone, lldb and Go: none is the core's. */
    private static final Pattern NO_COMPLAINT = Pattern.compile(
            "shown max number of frames|dwfl_thread_getframes|no plugin for the language|\\(deleted\\) during file-backed mapping|^#");
    /** gdb 13 takes the kernel's layout on some processors for one that is cut. */
    private static final Pattern LAYOUT = Pattern.compile("Section `.reg-xstate/\\d+' in core file too small");

    private static final Pattern GDB_FRAME = Pattern.compile("#(\\d+) +(?:0x[0-9a-f]+ in )?(.*)");
    private static final int DEPTH = 12;

    private final Path folder;
    private final Path program;
    private final List<Path> cores;

    CoreReaders(Path folder, Path program, List<Path> cores) {
        this.folder = folder;
        this.program = program;
        this.cores = List.copyOf(cores);
    }

    /** Every core is opened by every program, without a complaint. */
    void openWithoutAWarning() throws Exception {
        for (Path core : cores) {
            quiet("readelf", core, Tools.run(folder, "readelf", "-nhlW", core.toString()));
            quiet(
                    "eu-stack",
                    core,
                    Tools.run(folder, "eu-stack", "-n", "12", "--core=" + core, "--executable=" + program));
        }
        List<String> lldb = new ArrayList<>(List.of("lldb-19", "-X", "-b"));
        for (Path core : cores) {
            lldb.addAll(List.of("-o", "target create --core " + core + " " + program));
            lldb.addAll(List.of("-o", "thread backtrace -c 12", "-o", "target delete"));
        }
        String said = Tools.run(folder, lldb.toArray(String[]::new));
        quiet("lldb", program, said);
        assertThat(said.split("Core file '", -1)).as(said).hasSize(cores.size() + 1);
        assertThat(said.split("frame #0: ", -1)).as(said).hasSize(cores.size() + 1);
    }

    private static void quiet(String reader, Path core, String said) {
        Matcher complaint = COMPLAINT.matcher(said);
        while (complaint.find()) {
            boolean kernels = !core.toString().endsWith(".kmcore");
            if (kernels && LAYOUT.matcher(complaint.group()).find()) continue;
            assertThat(NO_COMPLAINT.matcher(complaint.group()).find())
                    .as("%s of %s: %s", reader, core, complaint.group())
                    .isTrue();
        }
    }

    /** The innermost functions of the thread that crashed, as gdb names them; gdb complains about none of the cores. */
    Map<Path, List<String>> gdbStacks() throws Exception {
        List<String> gdb = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch"));
        gdb.addAll(List.of("-iex", "set debuginfod enabled off", "-iex", "set width 0"));
        gdb.addAll(List.of("-iex", "set auto-load off", "-iex", "set print frame-arguments none"));
        gdb.addAll(List.of("-iex", "set backtrace past-main on"));
        gdb.add(program.toString());
        for (Path core : cores) {
            gdb.addAll(List.of("-ex", "echo CORE " + core + "\\n", "-ex", "core-file " + core));
            gdb.addAll(List.of("-ex", "bt " + DEPTH));
        }
        String said = Tools.run(folder, gdb.toArray(String[]::new));
        Map<Path, List<String>> stacks = new HashMap<>();
        List<String> names = List.of();
        Path core = cores.get(0);
        for (String line : said.lines().toList()) {
            if (line.startsWith("CORE ")) {
                core = Path.of(line.substring(5));
                stacks.put(core, names = new ArrayList<>());
            }
            quiet("gdb", core, line);
            Matcher frame = GDB_FRAME.matcher(line);
            // gdb shows frame 0 once more when it opens the core
            if (!frame.matches() || Integer.parseInt(frame.group(1)) < names.size()) continue;
            names.add(name(frame.group(2)));
        }
        assertThat(stacks).as(said).hasSize(cores.size());
        return stacks;
    }

    /** Without arguments and place, which the two write differently, and one for the C library's aliases. */
    private static String name(String shown) {
        if (shown.startsWith("??")) return "??";
        int end = shown.indexOf('(');
        String name = end < 0 ? shown : shown.substring(0, end);
        return name.strip().replaceAll("^_+|_impl$", "");
    }

    /** The same as we name them. */
    static List<String> ourStack(Path core) {
        try (Session session = Session.openCore(new CoreOptions(core, null, Map.of()), new Events())) {
            long tid = session.threads().get(0).id();
            return session.stack(tid, 0, DEPTH, false).frames().stream()
                    .map(FrameInfo::function)
                    .map(CoreReaders::name)
                    .toList();
        }
    }
}
