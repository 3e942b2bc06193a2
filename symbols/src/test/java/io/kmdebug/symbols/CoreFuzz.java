package io.kmdebug.symbols;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.coredump.CoreThread;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import java.nio.file.Path;
import java.util.Optional;

/** Fuzz target: cores of Linux and KM. */
final class CoreFuzz {
    private CoreFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzLimits.within(() -> {
            CoreFile core;
            try {
                core = CoreFile.of(ElfFile.of(Path.of("fuzzed"), Bytes.of("fuzzed", data)));
            } catch (CorruptFileException e) {
                return;
            }
            core.notices();
            core.executable();
            core.signalInfo();
            core.process();
            core.mappedFiles();
            core.guestImage();
            byte[] some = new byte[64];
            for (ElfSegment segment : core.segments()) {
                core.memory().read(segment.address(), some, 0, some.length);
                core.memory().read(segment.address() + segment.memorySize() - 8, some, 0, some.length);
                core.mappedFileAt(segment.address());
            }
            for (CoreThread thread : core.threads()) {
                Unwinder.over(pc -> Optional.empty()).walk(thread.registers(), core.memory(), 20);
            }
        });
    }
}
