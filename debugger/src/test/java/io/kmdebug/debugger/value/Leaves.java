package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The scalars within a value, in the words of stops.py; of one that has no bits the reason, after {@code ?}. */
final class Leaves {
    private static final int ELEMENTS = 6;
    private static final int DEPTH = 4;

    /** For an array whose length is not known. */
    static final String NO_LENGTH = "?length";

    private final MemoryReader memory;
    private final Map<String, Set<String>> into;

    Leaves(MemoryReader memory, Map<String, Set<String>> into) {
        this.memory = memory;
        this.into = into;
    }

    void add(Value value, String path) {
        add(value, path, 0);
    }

    private void add(Value value, String path, int depth) {
        Type type = value.type().stripped();
        if (type instanceof CompositeType composite) {
            if (depth > DEPTH) return;
            for (CompositeType.Member member : composite.members()) {
                String name = member.name() == null ? "" : member.name();
                if (name.startsWith("_vptr")) continue;
                if (member.base()) name = "<" + member.type().stripped().name().replaceFirst(".*::", "") + ">";
                add(value.part(member.type(), member.bitOffset(), member.bitSize()), path + "." + name, depth + 1);
            }
        } else if (type instanceof ArrayType array) {
            if (array.count() < 0) into.put(path, Set.of(NO_LENGTH));
            for (int i = 0; i < Math.min(ELEMENTS, array.count()); i++) {
                Type element = array.element();
                add(value.part(element, i * element.byteSize() * 8, 0), path + "[" + i + "]", depth + 1);
            }
        } else {
            into.computeIfAbsent(path, key -> new TreeSet<>()).add(scalar(value, type));
        }
    }

    private String scalar(Value value, Type type) {
        if (value.storage() instanceof Storage.PointerTo) return "synthetic";
        if (!(value.read(memory) instanceof Value.Available available)) {
            return "?" + ((Value.Unavailable) value.read(memory)).reason();
        }
        byte[] bytes = available.bytes();
        if (type instanceof PointerType || !(type instanceof BaseType base)) return integer(bytes);
        return switch (base.encoding()) {
            case FLOAT -> "f" + real(bytes);
            case COMPLEX_FLOAT -> {
                int half = bytes.length / 2;
                yield "c" + real(Arrays.copyOf(bytes, half)) + "," + real(Arrays.copyOfRange(bytes, half, 2 * half));
            }
            case OTHER -> "skip";
            default -> integer(bytes);
        };
    }

    private static String integer(byte[] bytes) {
        return "i" + Scalars.integer(bytes, false).toString(16);
    }

    /** As the bits of a double, whatever it was. */
    private static String real(byte[] bytes) {
        long low = Scalars.integer(Arrays.copyOf(bytes, Math.min(8, bytes.length)), false)
                .longValue();
        double value = switch (bytes.length) {
            case 4 -> Float.intBitsToFloat((int) low);
            case 8 -> Double.longBitsToDouble(low);
            default -> extended(low, bytes[8] & 0xff | (bytes[9] & 0xff) << 8);
        };
        return String.format("%016x", Double.doubleToRawLongBits(value));
    }

    private static double extended(long mantissa, int signAndExponent) {
        int exponent = (signAndExponent & 0x7fff) - 16383 - 63;
        double value = new BigInteger(Long.toUnsignedString(mantissa)).doubleValue() * Math.pow(2, exponent);
        return (signAndExponent & 0x8000) == 0 ? value : -value;
    }
}
