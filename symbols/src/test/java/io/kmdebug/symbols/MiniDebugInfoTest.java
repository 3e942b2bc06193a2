package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfSymbol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stripped program that carries its functions' names in .gnu_debugdata, made by the steps in gdb's manual. */
class MiniDebugInfoTest {
    @TempDir
    Path directory;

    private Programs programs;
    private Path whole;

    @BeforeEach
    void compile() {
        programs = new Programs(directory);
        programs.source("opaque.h");
        whole = programs.compile("gcc -O0 -rdynamic", "opaque_user.c", "opaque_owner.c");
    }

    /** @param pack how the inner file is packed */
    private Path stripped(String... pack) throws IOException {
        Set<String> dynamic = names("nm", "-D", "--format=posix", "--defined-only", whole.toString());
        Set<String> functions = names("nm", "--format=posix", "--defined-only", whole.toString());
        functions.removeAll(dynamic);
        Files.write(directory.resolve("keep"), functions);
        Path inner = directory.resolve("inner");
        programs.run("objcopy", "--only-keep-debug", whole.toString(), "debug");
        programs.run("objcopy", "-S", "--remove-section=.comment", "--keep-symbols=keep", "debug", inner.toString());
        programs.run(pack);
        programs.run("strip", "--strip-all", whole.toString(), "-o", "bare");
        programs.run("objcopy", "--add-section=.gnu_debugdata=inner.xz", "bare", "mini");
        return directory.resolve("mini");
    }

    private Set<String> names(String... command) {
        return programs.run(command)
                .lines()
                .filter(line -> List.of("T", "t", "D").contains(line.split(" ", -1)[1]))
                .map(line -> line.split(" ", -1)[0])
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"xz -k inner", "xz -k -9e --check=sha256 inner", "xz -k --x86 --lzma2=preset=6 inner"})
    void everyFunctionHasTheNameThatItHadBefore(String pack) throws IOException {
        DwarfSymbols mini = Programs.symbols(stripped(pack.split(" ", -1)));
        DwarfSymbols full = Programs.symbols(whole);
        List<ElfSymbol> functions = full.file().symbols().stream()
                .filter(s -> s.isFunction() && s.section() != 0 && s.size() > 0)
                .toList();
        assertThat(functions).extracting(ElfSymbol::name).contains("main", "use", "header_helper");
        for (ElfSymbol function : functions) {
            for (long pc = function.value(); pc < function.value() + function.size(); pc++) {
                assertThat(mini.symbolAt(pc).map(ElfSymbol::name))
                        .isEqualTo(full.symbolAt(pc).map(ElfSymbol::name));
            }
            assertThat(mini.symbolsNamed(function.name())).hasSameSizeAs(full.symbolsNamed(function.name()));
        }
        assertThat(mini.status())
                .isEqualTo("no debug information: the file is stripped; its functions have names from .gnu_debugdata");
        assertThat(mini.hasDebugInfo()).isFalse();
    }

    @Test
    void damagedDataTakesTheNamesOfItsFunctionsOnly() throws IOException {
        Path program = stripped("xz", "-k", "inner");
        var section = Programs.open(program).section(".gnu_debugdata").orElseThrow();
        byte[] bytes = Files.readAllBytes(program);
        for (int i = 40; i < 60; i++) bytes[(int) section.offset() + i] ^= 0x5a;
        Files.write(program, bytes);
        DwarfSymbols symbols = Programs.symbols(program);
        assertThat(symbols.symbolsNamed("use")).hasSize(1);
        assertThat(symbols.symbolsNamed("header_helper")).isEmpty();
        assertThat(symbols.status()).contains("the file is stripped; cannot read .gnu_debugdata", "an xz stream");
    }

    @Test
    void dataThatWantsTooMuchMemoryIsRefused() throws IOException {
        DwarfSymbols symbols = Programs.symbols(stripped("xz", "-k", "--lzma2=dict=512MiB", "inner"));
        assertThat(symbols.symbolsNamed("use")).hasSize(1);
        assertThat(symbols.status()).contains("cannot read .gnu_debugdata", "memory");
    }
}
