package io.kmdebug.debugger.code;

import io.kmdebug.debugger.code.Disassembler.Code;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names for the addresses that an instruction speaks of: {@code call 0x401136} calls {@code <main>}. */
final class Targets {
    private static final Pattern ABSOLUTE = Pattern.compile("(?:0x)?([0-9a-f]{1,16})");
    private static final Pattern INTEL_RELATIVE = Pattern.compile("\\[rip(?: ([+-]) (?:0x)?([0-9a-f]{1,8}))?]");
    private static final Pattern ATT_RELATIVE = Pattern.compile("(-?)(?:0x([0-9a-f]{1,8})|([0-9]))?\\(%rip\\)");

    private Targets() {}

    /** What to write behind the instruction; empty for nothing. */
    static String of(Capstone.Decoded instruction, long address, Code code) {
        String operands = instruction.operands();
        boolean branches = instruction.mnemonic().startsWith("j")
                || instruction.mnemonic().contains("call")
                || instruction.mnemonic().startsWith("loop");
        Matcher absolute = ABSOLUTE.matcher(operands);
        if (branches && absolute.matches()) {
            return annotation(Long.parseUnsignedLong(absolute.group(1), 16), code, " <", ">");
        }
        Matcher intel = INTEL_RELATIVE.matcher(operands);
        if (intel.find()) {
            return relative(instruction, address, intel.group(2), "-".equals(intel.group(1)), code);
        }
        Matcher att = ATT_RELATIVE.matcher(operands);
        if (att.find()) {
            String digits = att.group(2) == null ? att.group(3) : att.group(2);
            return relative(instruction, address, digits, !att.group(1).isEmpty(), code);
        }
        return "";
    }

    private static String relative(
            Capstone.Decoded instruction,
            long address,
            @org.jspecify.annotations.Nullable String digits,
            boolean negative,
            Code code) {
        long distance = digits == null ? 0 : Long.parseLong(digits, 16);
        long target = address + instruction.size() + (negative ? -distance : distance);
        String name = annotation(target, code, " <", ">");
        return String.format("  # 0x%x%s", target, name);
    }

    private static String annotation(long target, Code code, String before, String after) {
        return code.symbolAt(target).map(s -> before + named(s, target) + after).orElse("");
    }

    /** {@code main+4}; {@code main} at its start. */
    static String named(Code.Symbol symbol, long address) {
        long distance = address - symbol.start();
        return distance == 0 ? symbol.name() : symbol.name() + "+" + distance;
    }
}
