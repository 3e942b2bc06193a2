package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Fuzz target: a program whose units continue in a .dwp file. Two files as {@link PackedSections}; the length of the
 * first stands in front, in two bytes.
 */
final class SplitFuzz {
    private static final Path PROGRAM = program();

    private SplitFuzz() {}

    private static Path program() {
        try {
            Path folder = Files.createTempDirectory("split");
            folder.toFile().deleteOnExit();
            return folder.resolve("program");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 2) return;
        int first = Math.min(data.length, 2 + ((data[0] & 0xff) | (data[1] & 0xff) << 8));
        byte[] program =
                PackedSections.of(Arrays.copyOfRange(data, 2, first), 0).file("");
        byte[] packed = PackedSections.of(Arrays.copyOfRange(data, first, data.length), 0)
                .file(".dwo");
        Path beside = Path.of(PROGRAM + ".dwp");
        try {
            Files.write(PROGRAM, program);
            Files.write(beside, packed);
            ElfFile file = ElfFile.open(PROGRAM);
            FuzzLimits.within(() -> DwarfFuzz.ask(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            PROGRAM.toFile().delete();
            beside.toFile().delete();
        }
    }

    /** An input of this target. */
    static byte[] input(ElfFile program, ElfFile packed) {
        List<String> debug = List.of(".debug");
        byte[] one = PackedSections.pack(program, debug);
        byte[] two = PackedSections.pack(packed, debug);
        byte[] all =
                Arrays.copyOf(new byte[] {(byte) one.length, (byte) (one.length >> 8)}, 2 + one.length + two.length);
        System.arraycopy(one, 0, all, 2, one.length);
        System.arraycopy(two, 0, all, 2 + one.length, two.length);
        return all;
    }
}
