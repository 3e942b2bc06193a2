package io.kmdebug.debugger.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.Session;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Objects of libraries that executables copy: the debug information speaks of the original, which nobody uses. */
@Timeout(60)
class CopiedObjectsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void theExecutablesCopyIsShownAsGdbShowsIt() throws Exception {
        String library = Tools.compile(folder, "original.c", "gcc", "-g", "-shared", "-fPIC")
                .toString();
        Path program = Tools.compile(folder, "copied.c", "gcc", "-g", library);
        assertThat(Tools.run(folder, "readelf", "-rW", program.toString())).contains("R_X86_64_COPY");
        Path core = folder.resolve("core");
        GdbView.crash(folder, program, core);
        try (Session session = Session.openCore(new CoreOptions(core, program, Map.of()), new Events())) {
            session.start();
            for (FrameInfo frame :
                    session.stack(session.threads().get(0).id(), 0, 0, false).frames()) {
                assertThat(session.evaluate("shared_counter", frame.id(), EvaluationContext.WATCH, false)
                                .value())
                        .isEqualTo("17");
            }
        }
    }
}
