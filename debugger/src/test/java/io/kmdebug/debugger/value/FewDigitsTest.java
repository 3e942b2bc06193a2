package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The short way against the long one. */
class FewDigitsTest {
    private static String exactly(double number) {
        byte[] raw = Scalars.bytes(BigInteger.valueOf(Double.doubleToRawLongBits(number)), 8);
        return FloatFormat.DOUBLE.text(FloatFormat.DOUBLE.decode(raw));
    }

    @Test
    void numbersOfFewDigitsAreWrittenTheShortWay() {
        for (double number : new double[] {0.25, -0.5, 1, 100, 0.1, 3.14, 1e-4, 123456789.125, -2.5e-3, 0x1p49 - 1}) {
            assertThat(FewDigits.of(number)).isEqualTo(exactly(number));
        }
    }

    @Test
    void othersAreLeftToTheLongWay() {
        double[] others = {0, -0.0, 9.9e-5, 0x1p49, Math.PI, 1.0 / 3, Double.NaN, Double.POSITIVE_INFINITY, 5e-324};
        for (double number : others)
            assertThat(FewDigits.of(number)).as("%s", number).isNull();
    }

    @Test
    void bothWaysAgree() {
        Random random = new Random(20);
        int shortWay = 0;
        for (int i = 0; i < 20_000; i++) {
            double decimal = random.nextInt() / Math.pow(10, random.nextInt(9));
            double near = Double.longBitsToDouble(Double.doubleToLongBits(decimal) + random.nextInt(3) - 1);
            double wide = random.nextLong() / Math.pow(10, 4 + random.nextInt(18));
            double any = Math.scalb(random.nextDouble(), random.nextInt(80) - 20);
            for (double number : new double[] {decimal, near, wide, any}) {
                String few = FewDigits.of(number);
                if (few == null) continue;
                shortWay++;
                assertThat(few).isEqualTo(exactly(number));
            }
        }
        assertThat(shortWay).isGreaterThan(15_000);
    }
}
