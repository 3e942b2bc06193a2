package io.kmdebug.rsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AgentExpressionTest {
    private static final String END = "27";

    /** rbx is 0x1122334455667788; memory at 0x1000 counts up. */
    private static final BreakpointCondition.Circumstances HERE = new BreakpointCondition.Circumstances() {
        @Override
        public byte @Nullable [] register(AmdRegister register) {
            return register == AmdRegister.RBX ? HexFormat.of().parseHex("8877665544332211") : null;
        }

        @Override
        public MemoryReader memory() {
            return (address, target, offset, length) -> {
                int got = (int) Math.max(0, Math.min(length, 0x1100 - address));
                if (address < 0x1000) return 0;
                for (int i = 0; i < got; i++) target[offset + i] = (byte) (address + i);
                return got;
            };
        }
    };

    private static boolean holds(String code) {
        return new AgentExpression(HexFormat.of().parseHex(code.replace(" ", ""))).holds(HERE);
    }

    /** Each leaves what is expected and itself, and compares them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2205 2203 02 2208",
                "2203 2205 03 2202 2200 2b 03",
                "2207 2206 04 222a",
                "2200 2207 03 2202 05 2200 2203 03",
                "2200 2201 03 2202 06 25 7fffffffffffffff",
                "2200 2207 03 2202 07 2200 2201 03",
                "2207 2204 08 2203",
                "2201 223f 09 25 8000000000000000",
                "2201 2240 09 2200",
                "25 8000000000000000 223f 0a 25 ffffffffffffffff",
                "25 8000000000000000 22ff 0a 25 ffffffffffffffff",
                "25 8000000000000000 223f 0b 2201",
                "22f0 223c 0f 2230",
                "22f0 223c 10 22fc",
                "22f0 223c 11 22cc",
                "2200 12 25 ffffffffffffffff",
                "2200 0e 2201",
                "2205 0e 2200",
                "2205 2205 13 2201",
                "2200 2201 03 2201 14 2201",
                "2200 2201 03 2201 15 2200",
                "22ff 1608 25 ffffffffffffffff",
                "25 ffffffffffffffff 2a10 24 0000ffff",
                "23 1001 17 2201",
                "23 1001 18 23 0201",
                "23 1001 19 24 04030201",
                "23 1001 1a 25 0807060504030201",
                "26 0001 25 1122334455667788",
                "2201 2202 2b 03 2201",
                "2201 2202 2203 33 29 29 2203",
                "2201 2202 2203 3202 2201",
                "2209 28 13 2201",
                "2205 2206 29 2205",
                "2201 20 0008 2205 27 2206 2206",
                "21 0004 27 2206 2206"
            })
    void valuesAreThoseOfTheManual(String computation) {
        assertThat(holds(computation + " 13" + END)).as(computation).isTrue();
        assertThat(holds(computation + " 13 0e" + END)).as("not " + computation).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no end
                "27", // no value
                "2200", // falls off the end
                "22", // half an operand
                "02 27", // nothing to add
                "2201 2200 05 2200 27", // division by zero
                "2200 17 2200 27", // unreadable
                "26 0000 2200 27", // a register that there is none of
                "26 ffff 2200 27",
                "01 2200 27", // float
                "2c 0001 2200 27", // a trace variable
                "2200 2200 0c 2200 27", // trace
                "21 0000", // for ever
                "28 21 0000", // nothing to duplicate
                "2201 28 21 0002", // the stack is full
                "21 ffff 2200 27", // beyond
                "3205 2200 27", // below the bottom
                "2200 1600 2200 27"
            })
    void whatMakesNoSenseStops(String code) {
        assertThat(holds(code)).isTrue();
    }

    @Test
    void randomBytesEnd() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] code = new byte[random.nextInt(60)];
            for (int at = 0; at < code.length; at++) code[at] = (byte) random.nextInt(0x36);
            boolean first = new AgentExpression(code).holds(HERE);
            assertThat(new AgentExpression(code).holds(HERE)).isEqualTo(first);
        }
    }
}
