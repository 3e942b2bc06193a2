package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import org.jspecify.annotations.Nullable;

/** Addresses as DAP's memory references: text, here "0x" and hexadecimal digits. */
final class Addresses {
    private Addresses() {}

    static String format(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** @param offset bytes to add; null for none */
    static long parse(String reference, @Nullable Integer offset, String field) {
        String text = reference.strip();
        try {
            long address = text.startsWith("0x") || text.startsWith("0X")
                    ? Long.parseUnsignedLong(text.substring(2), 16)
                    : Long.parseUnsignedLong(text);
            return address + (offset == null ? 0 : offset);
        } catch (NumberFormatException e) {
            throw new BadArgument(field, "must be an address such as 0x401000, not '" + reference + "'");
        }
    }
}
