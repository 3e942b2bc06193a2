package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs that crash in the way that their first argument names, and the cores that they leave. */
record Crashes(Path folder, Path program) {
    /** Compiles {@code crashes.EXTENSION} of the test resources. */
    static Crashes of(Path folder, String extension) throws Exception {
        Path source = folder.resolve("crashes." + extension);
        try (InputStream in = Crashes.class.getResourceAsStream("/programs/crashes." + extension)) {
            assertThat(in).isNotNull();
            Files.copy(in, source);
        }
        Path program = folder.resolve("crashes-" + extension);
        List<String> command = new ArrayList<>(
                switch (extension) {
                    case "c" -> List.of("gcc", "-g", "-O0", "-static", "-pthread");
                    case "cc" -> List.of("g++", "-g", "-O0", "-static");
                    case "rs" ->
                        List.of(
                                "/usr/bin/rustc",
                                "--edition",
                                "2021",
                                "-g",
                                "-A",
                                "warnings",
                                "-Cpanic=abort",
                                "-Ctarget-feature=+crt-static");
                    default -> List.of("env", "CGO_ENABLED=0", "GO111MODULE=off", "/usr/bin/go", "build");
                });
        command.addAll(List.of("-o", program.toString(), source.toString()));
        String said = Tools.run(folder, command.toArray(String[]::new));
        assertThat(program).as("compiled: %s", said).exists();
        return new Crashes(folder, program);
    }

    private String name() {
        return program.getFileName().toString();
    }

    /** The core that the kernel writes; gdb's where cores go elsewhere. */
    Path nativeCore(String kind) throws Exception {
        Path place = Files.createDirectory(folder.resolve(name() + "-" + kind));
        if (!Files.readString(Path.of("/proc/sys/kernel/core_pattern")).strip().equals("core")) {
            Path core = place.resolve("core");
            GdbView.crash(place, program, core, kind);
            return core;
        }
        String script = "ulimit -c unlimited; export GOTRACEBACK=crash; exec " + program + " " + kind;
        String said = Tools.run(place, "sh", "-c", script);
        try (var files = Files.list(place)) {
            return files.filter(f -> f.getFileName().toString().matches("core(\\.\\d+)?"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the kernel wrote no core: " + said));
        }
    }

    /** The core that km writes. */
    Path kmCore(String kind) throws IOException, InterruptedException {
        Path core = folder.resolve(name() + "-" + kind + ".kmcore");
        String km = folder.resolve("km").toString();
        String said =
                Tools.run(folder, "env", "GOTRACEBACK=crash", km, "-C", core.toString(), program.toString(), kind);
        assertThat(core).as(said).exists();
        return core;
    }
}
