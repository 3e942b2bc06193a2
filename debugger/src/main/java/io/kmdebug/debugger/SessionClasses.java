package io.kmdebug.debugger;

import io.kmdebug.machine.JarClasses;
import java.util.List;
import java.util.function.Consumer;

/** What a session may come to, whatever it is about: for the class archive that is being recorded. */
public final class SessionClasses {
    private static final List<String> OURS = List.of(
            "io/kmdebug/coredump/",
            "io/kmdebug/debugger/",
            "io/kmdebug/machine/",
            "io/kmdebug/rsp/",
            "io/kmdebug/symbols/");

    private SessionClasses() {}

    /**
     * Loads the engine's classes and those of a face.
     *
     * @param face folders in the jar, with a slash at the end
     * @param complaints told what cannot be loaded
     */
    public static void load(List<String> face, Consumer<String> complaints) {
        JarClasses.load(file -> isIn(file, OURS) || isIn(file, face), complaints);
    }

    private static boolean isIn(String file, List<String> folders) {
        for (String folder : folders) if (file.startsWith(folder)) return true;
        return false;
    }
}
