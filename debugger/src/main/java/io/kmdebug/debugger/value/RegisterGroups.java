package io.kmdebug.debugger.value;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;

/** The registers of a frame as entries of the tree: general, segment, x87, SSE, AVX. */
public final class RegisterGroups {
    private static final List<String> GENERAL = names(AmdRegister.RAX, AmdRegister.EFLAGS);
    private static final List<String> SEGMENTS = List.of("cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base");
    private static final List<String> X87 = names(AmdRegister.ST0, AmdRegister.FOP);
    private static final List<String> SSE = names(AmdRegister.XMM0, AmdRegister.MXCSR);

    private RegisterGroups() {}

    /** One group for each set of which the frame has a register. */
    public static List<VariableTree.Entry> of(Registers registers) {
        List<VariableTree.Entry> groups = new ArrayList<>();
        add(groups, "General", GENERAL, AmdRegister.RIP, registers);
        add(groups, "Segment", SEGMENTS, AmdRegister.CS, registers);
        add(groups, "x87", X87, AmdRegister.FCTRL, registers);
        add(groups, "SSE", SSE, AmdRegister.XMM0, registers);
        List<String> avx = IntStream.range(0, 16).mapToObj(i -> "ymm" + i).toList();
        add(groups, "AVX", avx, AmdRegister.YMM0H, registers);
        return groups;
    }

    private static void add(
            List<VariableTree.Entry> groups, String title, List<String> names, AmdRegister sign, Registers registers) {
        if (registers.has(sign)) groups.add(new VariableTree.Group(title, () -> entries(names, registers)));
    }

    private static List<VariableTree.Entry> entries(List<String> names, Registers registers) {
        List<VariableTree.Entry> entries = new ArrayList<>();
        for (String name : names) {
            NamedRegister.find(name, registers)
                    .ifPresent(v -> entries.add(new VariableTree.Register(name, v, "$" + name)));
        }
        return entries;
    }

    private static List<String> names(AmdRegister first, AmdRegister last) {
        return EnumSet.range(first, last).stream().map(AmdRegister::gdbName).toList();
    }
}
