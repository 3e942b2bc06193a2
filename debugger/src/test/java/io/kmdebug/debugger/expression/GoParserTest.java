package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoParserTest {
    /** Above the limit, with four words each still below that of words. */
    private static final int MANY = 240;

    @ParameterizedTest
    @ValueSource(strings = {"(", "-", "a[", "f(", "a.(", "chan ", "[]", "map[", "map[int]"})
    void nestingHasAnEnd(String part) {
        assertThatThrownBy(() -> GoParser.parse(part.repeat(MANY) + "int", name -> false))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("nested too deeply");
    }
}
