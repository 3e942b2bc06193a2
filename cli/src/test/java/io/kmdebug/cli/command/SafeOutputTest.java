package io.kmdebug.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SafeOutputTest {
    @Test
    void whatWouldChangeTheTerminalIsEscaped() {
        assertThat(written(false, "a\033]0;title\007b\r\u009b2Jc\u007f\u202ed"))
                .isEqualTo("a\\x1b]0;title\\x07b\\x0d\\x9b2Jc\\x7f\\u202ed");
        assertThat(written(false, "two\nlines\tand \u00e9\u20ac\ud83d\ude00"))
                .isEqualTo("two\nlines\tand \u00e9\u20ac\ud83d\ude00");
    }

    @Test
    void inkStaysWhereThereIsSome() {
        Ink ink = new Ink(true);
        String text = ink.bold("b") + ink.dim("d") + ink.red("r") + ink.green("g") + ink.yellow("y") + ink.cyan("c");
        assertThat(written(true, text)).isEqualTo(text);
        assertThat(written(false, ink.red("r"))).isEqualTo("\\x1b[31;1mr\\x1b[0m");
        assertThat(written(true, "\033[5m\033[2J\033[1")).isEqualTo("\\x1b[5m\\x1b[2J\\x1b[1");
    }

    private static String written(boolean inked, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        new SafeOutput(out, inked).println(text);
        return bytes.toString(StandardCharsets.UTF_8)
                .substring(0, bytes.toString(StandardCharsets.UTF_8).length() - 1);
    }
}
