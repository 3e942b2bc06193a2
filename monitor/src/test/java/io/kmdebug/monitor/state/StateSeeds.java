package io.kmdebug.monitor.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what fuzzing of {@link StateFuzz} begins with. */
final class StateSeeds {
    private StateSeeds() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0], "State"));
        Files.write(folder.resolve("seed"), StateFormat.write(StateFormatTest.state()));
    }
}
