package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloatFormatTest {
    private static byte[] bytes(long bits, int size) {
        return Scalars.bytes(BigInteger.valueOf(bits), size);
    }

    @Test
    void everyDoubleSurvivesDecodingTextAndEncoding() {
        Random random = new Random(1);
        for (int i = 0; i < 3000; i++) {
            long bits = i < 100 ? i : random.nextLong();
            double number = Double.longBitsToDouble(bits);
            if (Double.isNaN(number)) continue;
            Real real = FloatFormat.DOUBLE.decode(bytes(bits, 8));
            assertThat(FloatFormat.DOUBLE.encode(real, 8)).isEqualTo(bytes(bits, 8));
            String text = FloatFormat.DOUBLE.text(real).replace("inf", "Infinity");
            assertThat(Double.doubleToRawLongBits(Double.parseDouble(text)))
                    .as(text)
                    .isEqualTo(bits);
            assertThat(text.length())
                    .isLessThanOrEqualTo(Double.toString(number).length() + 20);
        }
    }

    @Test
    void arithmeticRoundsAsTheHardwareDoes() {
        Random random = new Random(2);
        for (int i = 0; i < 3000; i++) {
            double a = Double.longBitsToDouble(random.nextLong());
            double b = i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : a * random.nextDouble();
            if (Double.isNaN(a) || Double.isNaN(b)) continue;
            Real x = FloatFormat.DOUBLE.decode(bytes(Double.doubleToRawLongBits(a), 8));
            Real y = FloatFormat.DOUBLE.decode(bytes(Double.doubleToRawLongBits(b), 8));
            check(a + b, x.plus(y));
            check(a - b, x.minus(y));
            check(a * b, x.times(y));
            check(a / b, x.dividedBy(y));
            assertThat(Integer.signum(x.compare(y))).isEqualTo(a < b ? -1 : a > b ? 1 : 0);
        }
    }

    private static void check(double expected, Real actual) {
        if (Double.isNaN(expected)) assertThat(actual.isNan()).isTrue();
        else assertThat(FloatFormat.DOUBLE.encode(actual, 8)).isEqualTo(bytes(Double.doubleToRawLongBits(expected), 8));
    }

    @Test
    void extendedAndQuadrupleSurviveTextToo() {
        Random random = new Random(3);
        for (FloatFormat format :
                new FloatFormat[] {FloatFormat.X87, FloatFormat.QUAD, FloatFormat.HALF, FloatFormat.SINGLE}) {
            for (int i = 0; i < 60; i++) {
                byte[] raw = new byte[format.bytes()];
                random.nextBytes(raw);
                if (format.explicitInteger()) raw[7] |= (byte) 0x80;
                Real real = format.decode(raw);
                if (real.kind() != Real.Kind.FINITE) continue;
                assertThat(format.encode(real, raw.length)).isEqualTo(raw);
                String text = format.text(real);
                assertThat(format.encode(Real.of(new BigDecimal(text)), raw.length))
                        .as(text)
                        .isEqualTo(raw);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 0.1",
        "3.14, 3.14",
        "6, 6",
        "1e100, 1e+100",
        "1e16, 10000000000000000",
        "1e17, 1e+17",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "123456.789, 123456.789",
        "5e-324, 5e-324",
        "-2.5, -2.5",
        "1.7976931348623157e308, 1.7976931348623157e+308"
    })
    void textIsTheShortestThatReadsBack(double number, String text) {
        Real real = FloatFormat.DOUBLE.decode(bytes(Double.doubleToRawLongBits(number), 8));
        assertThat(FloatFormat.DOUBLE.text(real)).isEqualTo(text);
    }
}
