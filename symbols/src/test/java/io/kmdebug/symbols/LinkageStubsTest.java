package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of linkage table entries against those that objdump makes up. */
class LinkageStubsTest {
    private static final Pattern LABEL = Pattern.compile("(?m)^([0-9a-f]+) <(.*)@plt>:");

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -O2 -Wl,-z,lazy",
                "gcc -O2 -Wl,-z,now",
                "gcc -O2 -fcf-protection -Wl,-z,lazy,-z,ibtplt",
                "gcc -O2 -no-pie -s -Wl,-z,lazy",
                "gcc -O2 -fno-plt -shared -fPIC",
                "clang -O2"
            })
    void entriesHaveTheNamesOfObjdump(String command) throws IOException {
        CrashedProgram.resource("walk.c", folder.resolve("walk.c"));
        Programs programs = new Programs(folder);
        programs.run((command + " -w -pthread walk.c -o program").split(" ", -1));
        Path program = folder.resolve("program");
        Map<Long, String> expected = new TreeMap<>();
        Matcher label = LABEL.matcher(programs.run("objdump", "-d", program.toString()));
        while (label.find()) expected.put(Long.parseLong(label.group(1), 16), label.group(2));
        assertThat(expected).isNotEmpty();
        Symbols symbols = Symbols.of(ElfFile.open(program));
        expected.forEach((address, name) -> {
            ElfSymbol symbol = symbols.symbolAt(address + 2).orElseThrow();
            assertThat(symbol.name()).as("0x%x", address).isEqualTo(name + "@plt");
            assertThat(symbol.value()).isEqualTo(address);
        });
    }
}
