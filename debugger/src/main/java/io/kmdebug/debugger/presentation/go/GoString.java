package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.machine.MemoryReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A string: UTF-8 by custom, any bytes by right. */
record GoString(long address, long length, MemoryReader memory) implements Presentation {
    private static final int SHOWN = 200;
    private static final long MAX_LENGTH = 1L << 40;

    static GoString of(Part string) {
        return of(string.at("str").address(), string.at("len").number(), string.memory());
    }

    static GoString of(long address, long length, MemoryReader memory) {
        if (length < 0 || length > MAX_LENGTH) throw new NotInitialised("it would have " + length + " bytes");
        return new GoString(address, length, memory);
    }

    @Override
    public void summarize(Summary out) {
        byte[] raw = new byte[(int) Math.min(length, SHOWN)];
        int got = memory.read(address, raw, 0, raw.length);
        if (got == 0 && length > 0) throw new NotInitialised(String.format("cannot read memory at 0x%x", address));
        out.text(quoted(raw, got));
        if (got < length) out.text("...");
    }

    /** As {@code %q} writes it. */
    static String quoted(byte[] raw, int length) {
        StringBuilder text = new StringBuilder("\"");
        int at = 0;
        while (at < length) {
            int width = width(raw, at, length);
            if (width > 1) text.append(new String(raw, at, width, StandardCharsets.UTF_8));
            else byteText(text, raw[at] & 0xff);
            at += width;
        }
        return text.append('"').toString();
    }

    private static int width(byte[] raw, int at, int length) {
        int lead = raw[at] & 0xff;
        int width = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
        if (width == 1 || at + width > length) return 1;
        try {
            int point = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw, at, width))
                    .codePoints()
                    .sum();
            boolean printable = !Character.isISOControl(point) && Character.isDefined(point);
            return printable ? width : 1;
        } catch (CharacterCodingException e) {
            return 1;
        }
    }

    private static void byteText(StringBuilder text, int value) {
        switch (value) {
            case '"', '\\' -> text.append('\\').append((char) value);
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            case '\r' -> text.append("\\r");
            default -> {
                if (value >= 0x20 && value < 0x7f) text.append((char) value);
                else text.append(String.format("\\x%02x", value));
            }
        }
    }
}
