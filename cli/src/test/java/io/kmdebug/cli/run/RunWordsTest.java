package io.kmdebug.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.cli.command.BadInput;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where km's options end and the program begins. */
class RunWordsTest {
    @ParameterizedTest
    @CsvSource({
        "app, app, kmcore",
        "app -C x, app, kmcore",
        "-V app, app, kmcore",
        "-Vmem app, app, kmcore",
        "-g2159 app -x, app, kmcore",
        "-C here app, app, here",
        "-Chere app, app, here",
        "--coredump=here app, app, here",
        "--coredump here app, app, here",
        "-e A=B --putenv C=D app, app, kmcore",
        "--mgtpipe pipe -S app, app, kmcore",
        "-V -- -app, -app, kmcore"
    })
    void theProgramIsFound(String words, String program, String core) {
        assertThat(RunCommand.split(List.of(words.split(" ", -1))))
                .isEqualTo(new RunCommand.Split(Path.of(program), Path.of(core)));
    }

    @Test
    void optionsAloneAreRefused() {
        assertThatThrownBy(() -> RunCommand.split(List.of("-V", "-C", "app"))).isInstanceOf(BadInput.class);
    }
}
