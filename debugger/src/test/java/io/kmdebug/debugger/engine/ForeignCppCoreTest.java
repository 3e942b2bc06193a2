package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import io.kmdebug.symbols.CppNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A core of a C++ program of the system: stripped, optimised, in several libraries. */
@Timeout(120)
class ForeignCppCoreTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void framesAreThoseOfGdbUnderReadableNames() throws Exception {
        Path program = Path.of("/usr/bin/apt");
        Path core = folder.resolve("core");
        Tools.run(
                folder,
                "gdb",
                "-nx",
                "-batch",
                "-iex",
                "set debuginfod enabled off",
                "-ex",
                "catch syscall write",
                "-ex",
                "run",
                "-ex",
                "generate-core-file " + core,
                "--args",
                program.toString(),
                "list",
                "apt");
        List<GdbView.Frame> theirs =
                GdbView.ofCore(folder, program, core).values().iterator().next();
        List<FrameInfo> ours;
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            ours = session.stack(session.threads().get(0).id(), 0, 0, false).frames();
        }
        assertThat(ours)
                .extracting(FrameInfo::pc)
                .isEqualTo(theirs.stream().map(GdbView.Frame::pc).toList());
        int cpp = 0;
        for (int i = 0; i < theirs.size(); i++) {
            String name = theirs.get(i).function();
            // names of C have several spellings for one address
            if (!name.contains("(")) continue;
            cpp++;
            assertThat(ours.get(i).function()).isEqualTo(CppNames.readable(name));
        }
        assertThat(cpp).isPositive();
    }
}
