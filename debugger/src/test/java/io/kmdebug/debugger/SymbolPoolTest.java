package io.kmdebug.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.symbols.Symbols;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One reader for a file, for as long as it is that file. */
class SymbolPoolTest {
    @TempDir
    Path folder;

    private static Symbols of(SymbolPool pool, Path file) throws Exception {
        ElfFile elf = ElfFile.open(file);
        return pool.of(elf, () -> Symbols.of(elf));
    }

    @Test
    void sessionsShareWhatTheyReadOfAFile() throws Exception {
        SymbolPool pool = new SymbolPool();
        Path shell = Path.of("/bin/sh").toRealPath();
        assertThat(of(pool, shell)).isSameAs(of(pool, shell));
    }

    @Test
    void aFileThatWasReplacedIsReadAnew() throws Exception {
        SymbolPool pool = new SymbolPool();
        Path program = Files.copy(Path.of("/bin/sh"), folder.resolve("program"));
        Symbols before = of(pool, program);
        Files.copy(Path.of("/bin/ls"), program, StandardCopyOption.REPLACE_EXISTING);
        Symbols after = of(pool, program);
        assertThat(after.file().buildId()).isNotEqualTo(before.file().buildId());
    }

    @Test
    void theLongestUnusedAreGivenUp() throws Exception {
        SymbolPool pool = new SymbolPool();
        Path first = Files.copy(Path.of("/bin/sh"), folder.resolve("first"));
        Symbols before = of(pool, first);
        for (int i = 0; i < 40; i++) of(pool, Files.copy(Path.of("/bin/sh"), folder.resolve("p" + i)));
        assertThat(of(pool, first)).isNotSameAs(before);
    }
}
