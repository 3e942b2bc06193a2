package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.MemberPointerType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One line being written: {@link ValueFormatter}'s bounds are counted here. */
final class FormatRun {
    private static final int REPEATS = 10;
    private static final int CHUNK_BYTES = 4096;
    /** How far equal elements are counted: a summary must not read megabytes through a slow connection. */
    private static final int RUN_BYTES = 1 << 16;

    private final ValueFormatter formatter;
    private final Style style;
    private final boolean hex;
    private final StringBuilder out = new StringBuilder();
    private final TextRun text;
    private final long deadline = System.nanoTime() + ValueFormatter.NANOS;

    FormatRun(ValueFormatter formatter, Style style) {
        this.formatter = formatter;
        this.text = new TextRun(formatter.memory(), out);
        this.style = style;
        this.hex = style.hex();
    }

    String line(Value value) {
        append(value, 0);
        return line();
    }

    String line(Presentation presentation) {
        appendPresented(presentation, 0);
        return line();
    }

    private String line() {
        if (out.length() > ValueFormatter.LENGTH) {
            out.setLength(ValueFormatter.LENGTH);
            out.append("...");
        }
        return out.toString();
    }

    StringBuilder out() {
        return out;
    }

    TextRun texts() {
        return text;
    }

    boolean exhausted() {
        return out.length() > ValueFormatter.LENGTH || System.nanoTime() - deadline > 0;
    }

    void append(Value value, int depth) {
        Optional<Presentation> presented = formatter.presentation(value, style);
        if (presented.isPresent()) appendPresented(presented.get(), depth);
        else appendPlain(value, depth);
    }

    /** Whatever goes wrong is what is shown: the value may be anything. */
    private void appendPresented(Presentation presentation, int depth) {
        int mark = out.length();
        try {
            presentation.summarize(new SummaryRun(this, depth));
        } catch (RuntimeException e) {
            out.setLength(mark);
            String reason = e instanceof NotInitialised ? "" : "not initialised? ";
            out.append('<')
                    .append(reason)
                    .append(e.getMessage() == null ? e : e.getMessage())
                    .append('>');
        }
    }

    private void appendPlain(Value value, int depth) {
        Type type = value.type().stripped();
        if (value.storage() instanceof Storage.Missing m)
            out.append('<').append(m.reason()).append('>');
        else if (type instanceof CompositeType c) appendComposite(value, c, depth);
        else if (type instanceof ArrayType a) appendArray(value, a, depth);
        else if (type instanceof FunctionType f) appendFunction(value, f);
        else if (type instanceof PointerType p && p.kind() != PointerType.Kind.POINTER)
            appendReference(value, p, depth);
        else if (type instanceof PointerType p && value.storage() instanceof Storage.PointerTo t) {
            appendLostPointer(p, t, depth);
        } else if (type.byteSize() == 0) out.append(type.name());
        else appendScalar(value, type);
    }

    // structures

    private void appendComposite(Value value, CompositeType type, int depth) {
        if (type.isDeclaration()) {
            out.append("<incomplete type>");
            return;
        }
        if (depth >= ValueFormatter.DEPTH) {
            out.append("{...}");
            return;
        }
        out.append('{');
        String separator = "";
        for (CompositeType.Member member : type.members()) {
            if (member.base() && isEmpty(member.type())) continue;
            out.append(separator);
            separator = ", ";
            if (exhausted()) {
                out.append("...");
                break;
            }
            if (member.base()) out.append('<').append(bareName(member.type())).append(">=");
            else if (member.name() != null) out.append(member.name()).append('=');
            append(value.member(member, formatter.memory()), depth + 1);
        }
        out.append('}');
    }

    /** A base class that only gives functions or a type to be told by. */
    static boolean isEmpty(Type type) {
        if (!(type.stripped() instanceof CompositeType c) || c.isDeclaration()) return false;
        for (CompositeType.Member member : c.members()) {
            if (!member.base() || !isEmpty(member.type())) return false;
        }
        return true;
    }

    private static String bareName(Type type) {
        return type.stripped() instanceof CompositeType c && c.tag() != null ? c.tag() : type.name();
    }

    private void appendReference(Value value, PointerType type, int depth) {
        if (value.read(formatter.memory()) instanceof Value.Available a) {
            long address = Scalars.integer(a.bytes(), false).longValue();
            out.append("@0x").append(Long.toHexString(address)).append(": ");
            append(Value.inMemory(type.target(), address), depth + 1);
        } else if (value.storage() instanceof Storage.PointerTo t) {
            append(new Value(type.target(), t.target(), t.byteOffset() * 8, 0), depth + 1);
        }
    }

    private void appendLostPointer(PointerType type, Storage.PointerTo pointer, int depth) {
        out.append("<optimized out, points to ");
        append(new Value(type.target(), pointer.target(), pointer.byteOffset() * 8, 0), depth + 1);
        out.append('>');
    }

    private void appendFunction(Value value, FunctionType type) {
        out.append('{').append(type.name()).append("} ");
        value.address().ifPresentOrElse(this::appendCodeAddress, () -> out.append("<no address>"));
    }

    // arrays

    private void appendArray(Value value, ArrayType type, int depth) {
        Type element = type.element();
        Type character = style.notation() == Style.Notation.STRING ? textElement(element) : null;
        if (character != null || (Scalars.isCharacter(element) && !style.bits())) {
            text.append(value, character == null ? element : character, type.count());
            return;
        }
        if (depth >= ValueFormatter.DEPTH || type.count() < 0) {
            out.append("{...}");
            return;
        }
        long size = element.byteSize();
        out.append('{');
        int printed = 0;
        long index = 0;
        while (index < type.count()) {
            if (index > 0) out.append(", ");
            if (printed >= ValueFormatter.ELEMENTS || exhausted()) {
                out.append("...");
                break;
            }
            Value item = value.part(element, index * size * 8, 0);
            int mark = out.length();
            append(item, depth + 1);
            if (out.charAt(mark) == '<' && value.storage() instanceof Storage.Memory) {
                if (index + 1 < type.count()) out.append("...");
                break;
            }
            long same = runLength(value, size, index, type.count());
            if (same > REPEATS) {
                out.append(" <repeats ").append(same).append(" times>");
                printed += REPEATS;
                index += same;
                if (same == runLimit(size) && index < type.count()) {
                    out.append(", ...");
                    break;
                }
            } else {
                printed++;
                index++;
            }
        }
        out.append('}');
    }

    private static long runLimit(long size) {
        return Math.max(1, RUN_BYTES / size);
    }

    /** How many elements from {@code index} on have the same bytes; no more than lie within {@link #RUN_BYTES}. */
    private long runLength(Value array, long size, long index, long count) {
        if (size <= 0 || size > CHUNK_BYTES || !(array.storage() instanceof Storage.Memory m)) return 1;
        long base = m.address() + (array.bitOffset() >> 3) + index * size;
        byte[] first = new byte[(int) size];
        if (formatter.memory().read(base, first, 0, first.length) < size) return 1;
        int perChunk = (int) (CHUNK_BYTES / size);
        byte[] chunk = new byte[(int) (perChunk * size)];
        long limit = Math.min(count - index, runLimit(size));
        long same = 1;
        int wanted = Math.min(perChunk, REPEATS + 1);
        while (same < limit) {
            int step = (int) Math.min(wanted, limit - same);
            int got = formatter.memory().read(base + same * size, chunk, 0, (int) (step * size));
            for (int i = 0; i < got / size; i++) {
                int from = (int) (i * size);
                if (!Arrays.equals(chunk, from, (int) (from + size), first, 0, first.length)) return same + i;
            }
            same += got / size;
            if (got < step * size || System.nanoTime() - deadline > 0) return same;
            wanted = perChunk;
        }
        return same;
    }

    // scalars

    private void appendScalar(Value value, Type type) {
        Value.Contents contents = value.read(formatter.memory());
        if (contents instanceof Value.Unavailable u) {
            out.append('<').append(u.reason()).append('>');
            return;
        }
        byte[] raw = ((Value.Available) contents).bytes();
        boolean number = Scalars.isInteger(type)
                || (type instanceof PointerType && style.notation() != Style.Notation.CHARACTER);
        if (style.bits() && number) {
            out.append(NumberText.of(raw, style.notation()));
            return;
        }
        if (style.notation() == Style.Notation.ADDRESS && number) {
            appendCodeAddress(Scalars.integer(raw, false).longValue());
            return;
        }
        if (type instanceof PointerType p)
            appendPointer(p, Scalars.integer(raw, false).longValue());
        else if (type instanceof EnumType e) appendEnum(e, raw);
        else if (type instanceof MemberPointerType m) out.append(MemberPointerText.of(m, raw, formatter::symbol));
        else if (type instanceof BaseType b) appendBase(value.type(), b, raw);
        else appendBytes(raw);
    }

    private void appendBase(Type declared, BaseType type, byte[] raw) {
        switch (type.encoding()) {
            case FLOAT -> out.append(floatText(type, raw));
            case COMPLEX_FLOAT -> {
                int half = raw.length / 2;
                out.append(floatText(type, raw))
                        .append(" + ")
                        .append(floatText(type, Arrays.copyOfRange(raw, half, raw.length)))
                        .append('i');
            }
            case BOOLEAN -> {
                BigInteger number = Scalars.integer(raw, false);
                if (number.bitLength() <= 1) out.append(number.signum() != 0);
                else appendInteger(raw, false);
            }
            case OTHER -> appendBytes(raw);
            case SIGNED, UNSIGNED, SIGNED_CHAR, UNSIGNED_CHAR, UTF -> {
                boolean signed = Scalars.isSigned(type);
                appendInteger(raw, signed);
                if (!Scalars.isCharacter(declared)) return;
                long number = Scalars.integer(raw, signed).longValue();
                out.append(' ').append(Scalars.characterPrefix(declared));
                out.append(raw.length == 1 ? CText.quotedByte((int) number) : CText.quotedCodePoint(number));
            }
        }
    }

    private static String floatText(BaseType type, byte[] raw) {
        FloatFormat format = FloatFormat.of(type);
        String few = format.equals(FloatFormat.DOUBLE)
                ? FewDigits.of(Double.longBitsToDouble(Scalars.small(raw, true)))
                : null;
        if (few != null) return few;
        return format.text(format.decode(raw));
    }

    private void appendInteger(byte[] raw, boolean signed) {
        if (raw.length <= Long.BYTES) {
            long number = Scalars.small(raw, signed && !hex);
            if (hex) out.append("0x").append(Long.toHexString(number));
            else if (signed) out.append(number);
            else out.append(Long.toUnsignedString(number));
            return;
        }
        BigInteger number = Scalars.integer(raw, signed && !hex);
        out.append(hex ? "0x" + number.toString(16) : number.toString());
    }

    private void appendBytes(byte[] raw) {
        out.append("0x").append(Scalars.integer(raw, false).toString(16));
    }

    private void appendEnum(EnumType type, byte[] raw) {
        out.append(EnumText.of(type, raw, hex));
    }

    private void appendPointer(PointerType type, long address) {
        Type target = type.target().stripped();
        if (target instanceof FunctionType) {
            appendCodeAddress(address);
            return;
        }
        out.append("0x").append(Long.toHexString(address));
        if (address == 0) return;
        Type character = style.notation() == Style.Notation.STRING ? textElement(type.target()) : null;
        if (character != null || Scalars.isCharacter(type.target())) {
            out.append(' ');
            text.appendString(address, character == null ? type.target() : character);
            return;
        }
        formatter.symbol(address).ifPresent(s -> out.append(" <").append(s).append('>'));
    }

    /** What {@code ,s} takes an element for: a character of its width; null where it has none. */
    private static @Nullable Type textElement(Type element) {
        if (Scalars.isCharacter(element)) return element;
        if (element.stripped() instanceof UnspecifiedType) return RegisterTypes.CHAR;
        if (!Scalars.isIntegerBase(element)) return null;
        return switch ((int) element.byteSize()) {
            case 1 -> RegisterTypes.CHAR;
            case 2 -> RegisterTypes.CHAR16;
            case 4 -> RegisterTypes.CHAR32;
            default -> null;
        };
    }

    private void appendCodeAddress(long address) {
        out.append("0x").append(Long.toHexString(address));
        if (address != 0)
            formatter.symbol(address).ifPresent(s -> out.append(" <").append(s).append('>'));
    }
}
