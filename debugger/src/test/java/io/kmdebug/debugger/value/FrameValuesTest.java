package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.debugger.GdbText;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.debugger.expression.Evaluator;
import io.kmdebug.debugger.expression.FrameScope;
import io.kmdebug.debugger.expression.ThreadView;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Symbols;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.VariableSymbol;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments and locals of every frame of a crashed program have the values that gdb gives them. */
class FrameValuesTest {
    /** A frame with its names. */
    private record Seen(int level, FrameScope scope, List<String> names) {}

    @TempDir
    private static Path folder;

    private Path program = folder;
    private Path core = folder;
    private @Nullable StaticProgram file;

    private List<Seen> crash(String level) throws Exception {
        program = Tools.compile(folder, "frames.c", level, "-static", "-no-pie");
        core = folder.resolve("core" + level);
        Tools.run(
                folder,
                List.of("gdb", "-nx", "-batch", "-ex", "run", "-ex", "generate-core-file " + core, program.toString()));
        CoreFile opened = CoreFile.open(core);
        StaticProgram fromFile = new StaticProgram(program);
        file = fromFile;
        MemoryReader memory = (address, target, offset, length) -> {
            int got = opened.memory().read(address, target, offset, length);
            return got > 0 ? got : fromFile.read(address, target, offset, length);
        };
        Registers innermost = opened.threads().get(0).registers();
        return frames(memory, innermost);
    }

    private List<Seen> frames(MemoryReader memory, Registers innermost) throws Exception {
        ElfFile elf = ElfFile.open(program);
        Symbols symbols = Symbols.of(elf);
        Unwinder.Image image = new Unwinder.Image(symbols, 0);
        OptionalLong tls = OptionalLong.of(innermost.get(AmdRegister.FS_BASE) - tlsBytes(elf));
        ThreadView thread = ignored -> ThreadLocals.at(tls);
        List<Unwinder.Frame> walked = Unwinder.over(pc -> Optional.of(image)).walk(innermost, memory, 100);
        List<Seen> seen = new ArrayList<>();
        @Nullable FrameContext caller = null;
        for (int i = walked.size() - 1; i >= 0; i--) {
            Unwinder.Frame frame = walked.get(i);
            FrameContext context =
                    new FrameContext(frame.registers(), frame.cfa(), memory, 0, tls, caller, frame.afterCall());
            caller = context;
            List<FunctionScope> functions = symbols.scopesAt(context.linkPc());
            if (functions.isEmpty()) continue;
            assertThat(functions).hasSize(1);
            FunctionScope function = functions.get(0);
            Set<String> names = new LinkedHashSet<>();
            function.parameters().forEach(v -> names.add(v.name()));
            for (VariableSymbol local : function.localsAt(context.linkPc())) names.add(local.name());
            names.addAll(List.of("calls", "sink"));
            FrameScope.Frame here = new FrameScope.Frame(context, function, image, context.linkPc());
            FrameScope scope = new FrameScope(List.of(image), thread, here, frame.registers(), memory, null);
            seen.add(0, new Seen(i, scope, List.copyOf(names)));
        }
        assertThat(seen).hasSize(4);
        return seen;
    }

    /** SysV TLS, variant II: a static program's block ends at the thread pointer. */
    private static long tlsBytes(ElfFile elf) {
        ElfSegment tls = elf.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_TLS)
                .findFirst()
                .orElseThrow();
        return (tls.memorySize() + tls.align() - 1) & -tls.align();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-O0", "-O1", "-O2"})
    void argumentsAndLocalsAreThoseOfGdb(String level) throws Exception {
        List<Seen> frames = crash(level);
        List<String> command =
                new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "set print frame-arguments none"));
        List<String> ours = new ArrayList<>();
        for (Seen frame : frames) {
            ValueFormatter formatter = new ValueFormatter(frame.scope().memory(), file::symbol);
            command.addAll(List.of("-ex", "frame " + frame.level()));
            for (String name : frame.names()) {
                command.addAll(List.of("-ex", "echo @@\\n", "-ex", "print " + name));
                String text = formatter.format(Evaluator.evaluate(name, frame.scope()), false);
                String bare = text.replaceAll("<optimized out \\(.*\\)>", "<optimized out>");
                ours.add(frame.level() + " " + name + " = " + GdbText.normalised(bare));
            }
            // gdb cannot find the thread-local storage of a static program
            Value perThread = Evaluator.evaluate("per_thread", frame.scope());
            assertThat(formatter.format(perThread, false)).isEqualTo("18");
        }
        command.addAll(List.of(program.toString(), core.toString()));
        String[] answers = Tools.run(folder, command).split("@@\n", -1);
        List<String> theirs = new ArrayList<>();
        int at = 1;
        for (Seen frame : frames) {
            for (String name : frame.names()) {
                String answer = answers[at++].lines().findFirst().orElse("").replaceFirst("^\\$[0-9]+ = ", "");
                // where the length was optimised away gdb shows where the array is
                if (name.equals("variable") && answer.startsWith("0x")) answer = "{...}";
                theirs.add(frame.level() + " " + name + " = " + GdbText.normalised(answer));
            }
        }
        assertThat(ours).hasSizeGreaterThan(30).containsExactlyElementsOf(theirs);
    }

    @Test
    void registersAreThoseOfGdb() throws Exception {
        List<Seen> frames = crash("-O0");
        // gdb 13 takes parts of registers, and those that the unwinder cannot know, from the innermost frame
        List<String> saved = List.of("$rip", "$rsp", "$rbp", "$rbx", "$r12", "$pc", "$sp", "$fp");
        List<String> all = List.of(
                "$rax",
                "$eax",
                "$ax",
                "$al",
                "$r8d",
                "$r9w",
                "$r10l",
                "$eflags",
                "$cs",
                "$fs_base",
                "$xmm0.v2_double",
                "$xmm0.v4_int32",
                "$xmm0.uint128",
                "$mxcsr",
                "$fctrl");
        Seen main = frames.get(frames.size() - 1);
        compareRegisters(main.level(), main.scope(), saved);
        Registers registers = CoreFile.open(core).threads().get(0).registers();
        FrameScope top = new FrameScope(
                List.of(), ThreadView.NONE, null, registers, main.scope().memory(), null);
        compareRegisters(0, top, all);
        ValueFormatter formatter = new ValueFormatter(main.scope().memory(), file::symbol);
        VariableTree tree = new VariableTree(formatter);
        List<VariableInfo> groups = tree.children(tree.scope(1, () -> RegisterGroups.of(registers)), 0, 0, false);
        assertThat(groups).extracting(VariableInfo::name).contains("General", "Segment", "SSE");
    }

    private void compareRegisters(int level, FrameScope scope, List<String> names) throws Exception {
        List<String> command = new ArrayList<>(List.of("gdb", "-nx", "-batch", "-ex", "frame " + level));
        ValueFormatter formatter = new ValueFormatter(scope.memory(), file::symbol);
        List<String> ours = new ArrayList<>();
        for (String name : names) {
            command.addAll(List.of("-ex", "print " + name));
            ours.add(name + " = " + GdbText.normalised(formatter.format(Evaluator.evaluate(name, scope), false)));
        }
        command.addAll(List.of(program.toString(), core.toString()));
        List<String> values = Tools.run(folder, command)
                .lines()
                .filter(l -> l.startsWith("$"))
                .toList();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(i).replaceFirst("^\\$[0-9]+ = (\\(.*?\\) (?=0x))?", "");
            theirs.add(names.get(i) + " = " + GdbText.normalised(value));
        }
        assertThat(ours).containsExactlyElementsOf(theirs);
    }
}
