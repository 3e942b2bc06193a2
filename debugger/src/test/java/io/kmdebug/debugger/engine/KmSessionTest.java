package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.LaunchOptions;
import io.kmdebug.debugger.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Sessions with programs in a virtual machine, started by km. */
class KmSessionTest extends LiveSessionTest {
    @Override
    Session begin(Path program) throws Exception {
        LaunchOptions options =
                new LaunchOptions(program, List.of(), folder, null, true, false, List.of(), null, km(folder), Map.of());
        return Session.launch(options, events);
    }

    /** A launcher that runs the monitor from this build's class path. */
    static Path km(Path folder) throws Exception {
        Path launcher = folder.resolve("km");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String script = "#!/bin/sh\nexec '" + java + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
                + System.getProperty("java.class.path") + "' io.kmdebug.monitor.KmMain \"$@\"\n";
        Files.writeString(launcher, script);
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        return launcher;
    }

    @Override
    void awaitEndOfProgram() throws Exception {
        events.await(Events.Exited.class);
    }

    @Override
    void clear() {
        // The session ends what it started.
    }
}
