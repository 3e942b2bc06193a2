package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Cursor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Location expressions as text, from their bytes and from what llvm-dwarfdump 14 prints of them. From the first
 * operation on that it does not know there are bytes, as it prints them.
 */
final class ExpressionText {
    /** What stands behind an operation. */
    private enum Operand {
        U1,
        U2,
        U4,
        U8,
        S1,
        S2,
        S4,
        S8,
        ULEB,
        SLEB,
        /** An entry of the unit; llvm-dwarfdump gives its place from the section's beginning. */
        TYPE
    }

    private record Operation(String name, List<Operand> operands) {}

    private static final Map<Integer, Operation> OPERATIONS = Map.ofEntries(
            operation(0x03, "addr", Operand.U8),
            operation(0x06, "deref"),
            operation(0x08, "const1u", Operand.U1),
            operation(0x09, "const1s", Operand.S1),
            operation(0x0a, "const2u", Operand.U2),
            operation(0x0b, "const2s", Operand.S2),
            operation(0x0c, "const4u", Operand.U4),
            operation(0x0d, "const4s", Operand.S4),
            operation(0x0e, "const8u", Operand.U8),
            operation(0x0f, "const8s", Operand.S8),
            operation(0x10, "constu", Operand.ULEB),
            operation(0x11, "consts", Operand.SLEB),
            operation(0x12, "dup"),
            operation(0x13, "drop"),
            operation(0x14, "over"),
            operation(0x15, "pick", Operand.U1),
            operation(0x16, "swap"),
            operation(0x17, "rot"),
            operation(0x19, "abs"),
            operation(0x1a, "and"),
            operation(0x1b, "div"),
            operation(0x1c, "minus"),
            operation(0x1d, "mod"),
            operation(0x1e, "mul"),
            operation(0x1f, "neg"),
            operation(0x20, "not"),
            operation(0x21, "or"),
            operation(0x22, "plus"),
            operation(0x23, "plus_uconst", Operand.ULEB),
            operation(0x24, "shl"),
            operation(0x25, "shr"),
            operation(0x26, "shra"),
            operation(0x27, "xor"),
            operation(0x28, "bra", Operand.S2),
            operation(0x29, "eq"),
            operation(0x2a, "ge"),
            operation(0x2b, "gt"),
            operation(0x2c, "le"),
            operation(0x2d, "lt"),
            operation(0x2e, "ne"),
            operation(0x2f, "skip", Operand.S2),
            operation(0x90, "regx", Operand.ULEB),
            operation(0x91, "fbreg", Operand.SLEB),
            operation(0x92, "bregx", Operand.ULEB, Operand.SLEB),
            operation(0x93, "piece", Operand.ULEB),
            operation(0x94, "deref_size", Operand.U1),
            operation(0x96, "nop"),
            operation(0x97, "push_object_address"),
            operation(0x9b, "form_tls_address"),
            operation(0x9c, "call_frame_cfa"),
            operation(0x9d, "bit_piece", Operand.ULEB, Operand.ULEB),
            operation(0x9f, "stack_value"),
            operation(0xa1, "addrx", Operand.ULEB),
            operation(0xa2, "constx", Operand.ULEB),
            operation(0xa8, "convert", Operand.TYPE),
            operation(0xa5, "regval_type", Operand.ULEB, Operand.TYPE),
            operation(0xe0, "GNU_push_tls_address"),
            operation(0xfb, "GNU_addr_index", Operand.ULEB),
            operation(0xfc, "GNU_const_index", Operand.ULEB));

    private static final Pattern NUMBER = Pattern.compile("(ST|XMM|K)(\\d+)|[+-]?(?:0x[0-9a-f]+|\\d+)");

    /** SysV amd64 §3.6.2. */
    private static final Map<String, Integer> FIRST_REGISTERS = Map.of("XMM", 17, "ST", 33, "K", 118);

    private ExpressionText() {}

    private static Map.Entry<Integer, Operation> operation(int code, String name, Operand... operands) {
        return Map.entry(code, new Operation(name, List.of(operands)));
    }

    static String of(Bytes expression, long unitOffset) {
        List<String> words = new ArrayList<>();
        Cursor in = new Cursor(expression);
        while (!in.atEnd()) {
            long start = in.position();
            int code = in.u1("operation");
            Operation known = OPERATIONS.get(code);
            if (known != null) words.add(known.name() + operands(known, in, unitOffset));
            else if (code >= 0x30 && code < 0x50) words.add("lit" + (code - 0x30));
            else if (code >= 0x50 && code < 0x70) words.add("reg" + (code - 0x50));
            else if (code >= 0x70 && code < 0x90) words.add("breg" + (code - 0x70) + " " + in.sleb("offset"));
            else if (code == 0xa3 || code == 0xf3) {
                String inner = of(in.block(in.uleb("length"), "expression"), unitOffset);
                words.add((code == 0xa3 ? "" : "GNU_") + "entry_value(" + inner + ")");
            } else if (code == 0x9e) {
                Bytes value = in.block(in.uleb("length"), "value");
                StringBuilder text = new StringBuilder("implicit_value " + value.length());
                for (long i = 0; i < value.length(); i++) text.append(' ').append(value.u1(i));
                words.add(text.toString());
            } else {
                byte[] rest = expression.copy(start, (int) (expression.length() - start));
                words.add("bytes " + HexFormat.of().formatHex(rest));
                break;
            }
        }
        return String.join(", ", words);
    }

    private static String operands(Operation operation, Cursor in, long unitOffset) {
        StringBuilder text = new StringBuilder();
        for (Operand operand : operation.operands()) text.append(' ').append(read(operand, in, unitOffset));
        return text.toString();
    }

    private static long read(Operand operand, Cursor in, long unitOffset) {
        return switch (operand) {
            case U1 -> in.u1("operand");
            case U2 -> in.u2("operand");
            case U4 -> in.u4("operand");
            case U8, S8 -> in.u8("operand");
            case S1 -> in.signed(1, "operand");
            case S2 -> in.signed(2, "operand");
            case S4 -> in.signed(4, "operand");
            case ULEB -> in.uleb("operand");
            case SLEB -> in.sleb("operand");
            case TYPE -> {
                long type = in.uleb("type");
                yield type == 0 ? 0 : type + unitOffset;
            }
        };
    }

    /** Of {@code DW_OP_breg7 RSP+16, DW_OP_stack_value} and the like. */
    static String ofPrinted(String printed) {
        if (printed.isEmpty()) return "";
        List<String> words = new ArrayList<>();
        int from = 0;
        int depth = 0;
        for (int at = 0; at <= printed.length(); at++) {
            char c = at == printed.length() ? ',' : printed.charAt(at);
            if (c == '(') depth++;
            else if (c == ')') depth--;
            else if (c == ',' && (depth == 0 || at == printed.length())) {
                words.add(operation(printed.substring(from, at).strip()));
                from = at + 1;
            }
        }
        return String.join(", ", words);
    }

    private static String operation(String printed) {
        if (printed.startsWith("<decoding error>")) {
            return "bytes " + printed.substring("<decoding error>".length()).replace(" ", "");
        }
        String text = printed.replaceFirst("^DW_OP_", "");
        int inner = text.indexOf("entry_value(");
        if (inner >= 0) {
            int open = inner + "entry_value(".length();
            return text.substring(0, open) + ofPrinted(text.substring(open, text.length() - 1)) + ")";
        }
        int space = text.indexOf(' ');
        String name = space < 0 ? text : text.substring(0, space);
        if (space < 0 || name.matches("reg\\d+")) return name;
        String operands = text.substring(space + 1).replaceFirst(" \"[^\"]*\"$", "");
        if (name.matches("breg\\d+")) operands = operands.replaceFirst("^[A-Z][A-Z0-9]*(?=[+-])", "");
        StringBuilder out = new StringBuilder(name);
        Matcher numbers = NUMBER.matcher(operands);
        while (numbers.find()) out.append(' ').append(number(numbers));
        return out.toString();
    }

    private static long number(Matcher found) {
        String register = found.group(1);
        if (register != null) return FIRST_REGISTERS.get(register) + Long.parseLong(found.group(2));
        String plain = found.group().startsWith("+") ? found.group().substring(1) : found.group();
        return plain.startsWith("0x") ? Long.parseUnsignedLong(plain.substring(2), 16) : Long.parseLong(plain);
    }
}
