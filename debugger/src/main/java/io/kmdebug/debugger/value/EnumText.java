package io.kmdebug.debugger.value;

import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** An enumeration's value by name: {@code GREEN}, {@code READ | WRITE}, {@code READ | 0x40}, {@code 7}. */
final class EnumText {
    private EnumText() {}

    static String of(EnumType type, byte[] raw, boolean hex) {
        if (RegisterTypes.isFlagRegister(type))
            return flagRegister(type, Scalars.integer(raw, false).longValue());
        long value = Scalars.integer(raw, type.signed()).longValue();
        for (Type.Enumerator enumerator : type.enumerators()) {
            if (enumerator.value() == value) return enumerator.name();
        }
        if (value != 0 && holdsFlags(type)) {
            String names = flags(type, value);
            if (!names.isEmpty()) return names;
        }
        BigInteger number = Scalars.integer(raw, type.signed() && !hex);
        return hex ? "0x" + number.toString(16) : number.toString();
    }

    /** Whether every enumerator has bits of its own, so that a sum of them can be told apart. */
    private static boolean holdsFlags(EnumType type) {
        long seen = 0;
        int count = 0;
        for (Type.Enumerator enumerator : type.enumerators()) {
            long bits = enumerator.value();
            if (bits < 0 || (bits & seen) != 0) return false;
            if (Long.bitCount(bits) > 1 && !contiguous(bits)) return false;
            if (bits != 0) count++;
            seen |= bits;
        }
        return count > 1;
    }

    private static boolean contiguous(long bits) {
        long low = bits >>> Long.numberOfTrailingZeros(bits);
        return (low & (low + 1)) == 0;
    }

    private static String flags(EnumType type, long value) {
        List<String> names = new ArrayList<>();
        long left = value;
        for (Type.Enumerator enumerator : type.enumerators()) {
            long bits = enumerator.value();
            if (bits != 0 && (value & bits) == bits) {
                names.add(enumerator.name());
                left &= ~bits;
            }
        }
        if (names.isEmpty()) return "";
        if (left != 0) names.add("0x" + Long.toHexString(left));
        return String.join(" | ", names);
    }

    /** As gdb shows eflags: {@code [ ZF PF ]}. */
    private static String flagRegister(EnumType type, long value) {
        StringBuilder out = new StringBuilder("[ ");
        for (Type.Enumerator flag : type.enumerators()) {
            if ((value & flag.value()) != 0) out.append(flag.name()).append(' ');
        }
        return out.append(']').toString();
    }
}
