package io.kmdebug.coredump;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.SignalInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreFileTest {
    private static final List<AmdRegister> COMPARED = List.of(
            AmdRegister.RIP,
            AmdRegister.RSP,
            AmdRegister.RAX,
            AmdRegister.RBX,
            AmdRegister.R12,
            AmdRegister.R15,
            AmdRegister.CS,
            AmdRegister.FS_BASE);
    private static final List<AmdRegister> VECTORS = List.of(AmdRegister.XMM5, AmdRegister.XMM9);
    private static final List<AmdRegister> FLAGS = List.of(AmdRegister.EFLAGS, AmdRegister.MXCSR);

    @TempDir
    static Path folder;

    private static Path program;
    private static Path core;

    @BeforeAll
    static void crash() throws IOException {
        program = Shell.compile(folder, "threads", CrashProgram.THREADS, "gcc", "-g", "-O1", "-pthread");
        core = Shell.crash(folder, program, "first", "second word");
    }

    @Test
    void registersOfEveryThreadAreThoseThatGdbShows() throws IOException {
        CoreFile file = CoreFile.open(core);
        assertThat(file.notices()).isEmpty();
        assertThat(file.threads()).hasSize(3);
        List<String> commands = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            commands.add("thread " + i);
            for (AmdRegister register : COMPARED) commands.add("printf \"=%lx\\n\", (long)$" + register.gdbName());
            commands.add("p/x $xmm5.uint128");
            commands.add("p/x $xmm9.uint128");
            commands.add("info registers eflags mxcsr");
        }
        String shown = Shell.gdb(folder, program, core, commands.toArray(String[]::new));
        Matcher scalar = Pattern.compile("(?m)^=([0-9a-f]+)$").matcher(shown);
        Matcher wide = Pattern.compile("\\$\\d+ = 0x([0-9a-f]+)").matcher(shown);
        Matcher flags = Pattern.compile("(?:eflags|mxcsr) +0x([0-9a-f]+)").matcher(shown);
        for (CoreThread thread : file.threads()) {
            for (AmdRegister register : COMPARED) compare(thread, register, scalar, shown);
            for (AmdRegister register : VECTORS) compare(thread, register, wide, shown);
            for (AmdRegister register : FLAGS) compare(thread, register, flags, shown);
        }
        assertThat(unsigned(file.threads().get(0), AmdRegister.XMM5))
                .isEqualTo(new BigInteger("4090000040600000402000003fc00000", 16));
    }

    private static void compare(CoreThread thread, AmdRegister register, Matcher oracle, String shown) {
        assertThat(oracle.find()).as(shown).isTrue();
        assertThat(unsigned(thread, register).toString(16))
                .as("%s of %d", register, thread.tid())
                .isEqualTo(oracle.group(1));
    }

    @Test
    void vectorRegistersOfAWaitingThreadAreRead() throws IOException {
        List<String> shown = CoreFile.open(core).threads().stream()
                .skip(1)
                .map(t -> t.registers().get(AmdRegister.R12) + " "
                        + Double.longBitsToDouble(t.registers().get(AmdRegister.XMM9)))
                .sorted()
                .toList();
        assertThat(shown).containsExactly(7 * 0x1111 + " 10.5", 8 * 0x1111 + " 12.0");
    }

    @Test
    void signalAndFaultAddressAreThoseOfTheCrash() throws IOException {
        CoreFile file = CoreFile.open(core);
        SignalInfo info = file.signalInfo().orElseThrow();
        assertThat(file.signal()).isEqualTo(11);
        assertThat(info.signal()).isEqualTo(11);
        assertThat(info.code()).isEqualTo(SignalInfo.SEGV_MAPERR);
        assertThat(info.hasFaultAddress()).isTrue();
        assertThat(info.faultAddress()).isEqualTo(0x1230);
        ProcessInfo process = file.process().orElseThrow();
        assertThat(process.name()).isEqualTo("threads");
        assertThat(process.arguments()).isEqualTo(program + " first second word");
        assertThat(process.pid()).isEqualTo(file.threads().get(0).tid());
    }

    @Test
    void mappedFilesAreThoseThatGdbLists() throws IOException {
        CoreFile file = CoreFile.open(core);
        String mappings = Shell.gdb(folder, program, core, "info proc mappings");
        for (MappedFile mapped : file.mappedFiles()) {
            assertThat(mappings)
                    .containsPattern(String.format(
                            "0x%x +0x%x +0x%x +0x%x +%s",
                            mapped.start(),
                            mapped.end(),
                            mapped.end() - mapped.start(),
                            mapped.fileOffset(),
                            Pattern.quote(mapped.path())));
        }
        assertThat(file.mappedFiles()).hasSizeGreaterThan(3);
        assertThat(file.executable()).contains(program.toString());
        assertThat(file.auxv().get(AuxVector.AT_PAGESZ)).hasValue(4096);
    }

    @Test
    void memoryIsReadAndTextThatTheKernelLeftOutIsNotZero() throws Exception {
        CoreFile file = CoreFile.open(core);
        ElfFile elf = ElfFile.open(program);
        long bias = file.auxv().get(AuxVector.AT_ENTRY).getAsLong() - elf.entry();
        long mark = symbol(elf, "mark") + bias;
        assertThat(new String(file.memory().read(mark, 19), StandardCharsets.UTF_8))
                .isEqualTo("find me in the core");
        assertThat(file.memory().read(symbol(elf, "zeroes") + bias + 69999, 3)).containsExactly(0, 'z', 0);
        assertThat(file.memory().read(0x1230, new byte[8], 0, 8)).isZero();
        long text = file.threads().get(0).registers().pc();
        boolean stored = file.elf().segments().stream()
                .anyMatch(s -> s.type() == 1 && Long.compareUnsigned(text - s.address(), s.fileSize()) < 0);
        assertThat(file.memory().read(text, new byte[4], 0, 4)).isEqualTo(stored ? 4 : 0);
        MappedFile mapped = file.mappedFileAt(text).orElseThrow();
        assertThat(mapped.path()).isEqualTo(program.toString());
    }

    @Test
    void aCoreCutInHalfSaysWhatIsMissingAndTheRestWorks() throws Exception {
        Path half = folder.resolve("half.core");
        Files.copy(core, half);
        try (RandomAccessFile file = new RandomAccessFile(half.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        CoreFile file = CoreFile.open(half);
        assertThat(file.notices())
                .hasSize(1)
                .first()
                .asString()
                .contains("the file is cut at 0x", "segments are missing");
        assertThat(file.threads()).hasSize(3);
        assertThat(file.signalInfo().orElseThrow().faultAddress()).isEqualTo(0x1230);
    }

    @Test
    void aCoreCutInItsNotesKeepsTheNotesBeforeTheCut() throws Exception {
        CoreFile whole = CoreFile.open(core);
        long notes = whole.elf().segments().get(0).offset();
        Path cut = folder.resolve("cut.core");
        Files.copy(core, cut);
        try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
            file.setLength(notes + 20 + 336 + 20 + 136 + 40);
        }
        CoreFile file = CoreFile.open(cut);
        assertThat(file.threads()).hasSize(1);
        assertThat(file.process()).isPresent();
        assertThat(file.signalInfo()).isEmpty();
        assertThat(file.notices()).anyMatch(n -> n.contains("ends within its notes"));
    }

    @Test
    void whatIsNotACoreIsRefusedWithTheReason() {
        Path text = Shell.write(
                folder.resolve("text.txt"),
                "This is no core at all, only some words that are long enough to be read as a header.\n");
        assertThatThrownBy(() -> CoreFile.open(text))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("text.txt")
                .hasMessageContaining("expected 7f 45 4c 46 (ELF)");
        assertThatThrownBy(() -> CoreFile.open(program))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining("an executable or shared library")
                .hasMessageContaining("4 (a core)");
        Path empty = Shell.write(folder.resolve("empty"), "");
        assertThatThrownBy(() -> CoreFile.open(empty)).isInstanceOf(CorruptFileException.class);
        assertThatThrownBy(() -> CoreFile.open(folder.resolve("absent"))).isInstanceOf(IOException.class);
    }

    @Test
    void gdbsOwnCoresAreReadAlike() throws IOException {
        Path written = folder.resolve("gdb.core");
        Shell.gdb(folder, program, core, "generate-core-file " + written);
        if (!Files.exists(written)) {
            Shell.run(
                    folder,
                    "gdb",
                    "-nx",
                    "-batch",
                    "-ex",
                    "run",
                    "-ex",
                    "generate-core-file " + written,
                    program.toString());
        }
        CoreFile file = CoreFile.open(written);
        assertThat(file.threads()).hasSize(3);
        assertThat(file.signal()).isEqualTo(11);
        assertThat(file.signalInfo().orElseThrow().faultAddress()).isEqualTo(0x1230);
        assertThat(file.threads().get(0).registers().has(AmdRegister.XMM5)).isTrue();
        assertThat(file.executable()).contains(program.toString());
    }

    private static long symbol(ElfFile elf, String name) {
        return elf.symbols().stream()
                .filter(s -> s.name().equals(name))
                .mapToLong(ElfSymbol::value)
                .findFirst()
                .orElseThrow();
    }

    private static BigInteger unsigned(CoreThread thread, AmdRegister register) {
        byte[] bytes = requireNonNull(thread.registers().bytes(register));
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) reversed[i] = bytes[bytes.length - 1 - i];
        return new BigInteger(1, reversed);
    }
}
