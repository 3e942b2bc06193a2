package io.kmdebug.debugger.code;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A memory operand as Intel's syntax writes it: {@code dword ptr fs:[rax + rbx*4 + 8]}. Intel SDM volume 1 §3.7.5.
 *
 * @param text as the disassembler writes it
 * @param size bytes that are accessed; 0 when it does not say
 * @param segment {@code fs} or {@code gs}; null for a flat address
 * @param base 64-bit name; {@code rip} for an address relative to the next instruction; null for none
 * @param index 64-bit name; null for none
 * @param scale what the index is multiplied by
 */
public record MemoryOperand(
        String text,
        int size,
        @Nullable String segment,
        @Nullable String base,
        @Nullable String index,
        int scale,
        long displacement) {
    private static final Pattern OPERAND = Pattern.compile(
            "(?:(\\w+) ptr )?(?:(cs|ds|es|ss|fs|gs):)?\\[([^\\]]+)]|(?:(\\w+) ptr )(fs|gs):(0x[0-9a-f]+)");
    private static final Pattern TERM = Pattern.compile("([+-]?) ?([^ +-]+)");

    /** The memory operands of an instruction, in the order in which they stand; none for {@code lea} and {@code nop}. */
    public static List<MemoryOperand> of(String instruction) {
        List<MemoryOperand> found = new ArrayList<>();
        String mnemonic = mnemonic(instruction);
        if (mnemonic.equals("lea") || mnemonic.equals("nop")) return found;
        Matcher matcher = OPERAND.matcher(instruction);
        while (matcher.find()) {
            MemoryOperand operand = matcher.group(3) == null
                    ? parsed(matcher.group(), matcher.group(4), matcher.group(5), matcher.group(6))
                    : parsed(matcher.group(), matcher.group(1), matcher.group(2), matcher.group(3));
            if (operand != null) found.add(operand);
        }
        return found;
    }

    /** The first word that is no prefix. */
    static String mnemonic(String instruction) {
        for (String word : instruction.split(" ", -1)) {
            boolean prefix =
                    word.startsWith("rep") || word.equals("lock") || word.equals("bnd") || word.equals("notrack");
            if (!prefix) return word;
        }
        return instruction;
    }

    private static @Nullable MemoryOperand parsed(
            String text, @Nullable String width, @Nullable String segment, String inside) {
        String base = null;
        String index = null;
        int scale = 1;
        long displacement = 0;
        Matcher terms = TERM.matcher(inside);
        while (terms.find()) {
            String term = terms.group(2);
            int times = term.indexOf('*');
            if (times > 0) {
                index = RegisterNames.wide(term.substring(0, times));
                scale = Integer.parseInt(term.substring(times + 1));
            } else if (Character.isDigit(term.charAt(0))) {
                long number =
                        term.startsWith("0x") ? Long.parseUnsignedLong(term.substring(2), 16) : Long.parseLong(term);
                displacement += terms.group(1).equals("-") ? -number : number;
            } else if (base == null) {
                base = RegisterNames.wide(term);
                if (base == null) return null; // a register that is no part of an address here, such as eip
            } else {
                index = RegisterNames.wide(term);
            }
        }
        String named = "fs".equals(segment) || "gs".equals(segment) ? segment : null;
        return new MemoryOperand(text, bytes(width), named, base, index, scale, displacement);
    }

    private static int bytes(@Nullable String width) {
        return switch (width == null ? "" : width.toLowerCase(Locale.ROOT)) {
            case "byte" -> 1;
            case "word" -> 2;
            case "dword" -> 4;
            case "qword", "fword" -> 8;
            case "xword", "tbyte" -> 10;
            case "xmmword", "oword" -> 16;
            case "ymmword" -> 32;
            case "zmmword" -> 64;
            default -> 0;
        };
    }

    /**
     * The address that it means with these registers; empty where one that it needs is not known.
     *
     * @param next address behind the instruction
     */
    public OptionalLong address(Registers registers, long next) {
        long address = displacement;
        String[] names = {base, index, segment == null ? null : segment + "_base"};
        int[] factors = {1, scale, 1};
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            AmdRegister register = name == null ? null : AmdRegister.byGdbName(name);
            if (register == null) continue;
            if (register != AmdRegister.RIP && !registers.has(register)) return OptionalLong.empty();
            address += factors[i] * (register == AmdRegister.RIP ? next : registers.get(register));
        }
        return OptionalLong.of(address);
    }
}
