package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import java.util.List;

/**
 * The target description that our server sends: the features of gdb's "i386 Features" with amd64's registers, in the
 * order of {@link AmdRegister}. GDB: "Target Description Format", "i386 Features".
 */
final class TargetDescription {
    private static final String VECTOR_TYPES = """
              <vector id="v8bf16" type="bfloat16" count="8"/>
              <vector id="v4f" type="ieee_single" count="4"/>
              <vector id="v2d" type="ieee_double" count="2"/>
              <vector id="v16i8" type="int8" count="16"/>
              <vector id="v8i16" type="int16" count="8"/>
              <vector id="v4i32" type="int32" count="4"/>
              <vector id="v2i64" type="int64" count="2"/>
              <union id="vec128">
                <field name="v8_bfloat16" type="v8bf16"/>
                <field name="v4_float" type="v4f"/>
                <field name="v2_double" type="v2d"/>
                <field name="v16_int8" type="v16i8"/>
                <field name="v8_int16" type="v8i16"/>
                <field name="v4_int32" type="v4i32"/>
                <field name="v2_int64" type="v2i64"/>
                <field name="uint128" type="uint128"/>
              </union>
            """;
    private static final List<String> EFLAGS = List.of(
            "CF:0", ":1", "PF:2", "AF:4", "ZF:6", "SF:7", "TF:8", "IF:9", "DF:10", "OF:11", "NT:14", "RF:16", "VM:17",
            "AC:18", "VIF:19", "VIP:20", "ID:21");
    private static final List<String> MXCSR = List.of(
            "IE:0", "DE:1", "ZE:2", "OE:3", "UE:4", "PE:5", "DAZ:6", "IM:7", "DM:8", "ZM:9", "OM:10", "UM:11", "PM:12",
            "FZ:15");

    private TargetDescription() {}

    /** @param avx whether the upper halves of the ymm registers are there */
    static String xml(boolean avx) {
        StringBuilder xml = new StringBuilder(12_000);
        xml.append("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n");
        xml.append("  <architecture>i386:x86-64</architecture>\n  <osabi>GNU/Linux</osabi>\n");
        feature(xml, "core", flags("i386_eflags", EFLAGS), AmdRegister.RAX, AmdRegister.FOP);
        String sseTypes = VECTOR_TYPES + flags("i386_mxcsr", MXCSR);
        feature(xml, "sse", sseTypes, AmdRegister.XMM0, AmdRegister.MXCSR);
        feature(xml, "linux", "", AmdRegister.ORIG_RAX, AmdRegister.ORIG_RAX);
        feature(xml, "segments", "", AmdRegister.FS_BASE, AmdRegister.GS_BASE);
        if (avx) feature(xml, "avx", "", AmdRegister.YMM0H, AmdRegister.YMM15H);
        return xml.append("</target>\n").toString();
    }

    private static void feature(StringBuilder xml, String name, String types, AmdRegister first, AmdRegister last) {
        xml.append("  <feature name=\"org.gnu.gdb.i386.")
                .append(name)
                .append("\">\n")
                .append(types);
        for (AmdRegister register : AmdRegister.values()) {
            if (register.compareTo(first) < 0 || register.compareTo(last) > 0) continue;
            xml.append("    <reg name=\"").append(register.gdbName());
            xml.append("\" bitsize=\"").append(register.bytes() * 8);
            xml.append("\" type=\"").append(type(register));
            xml.append("\" regnum=\"").append(register.ordinal()).append('"');
            if (isX87Control(register)) xml.append(" group=\"float\"");
            if (register == AmdRegister.ORIG_RAX) xml.append(" group=\"system\"");
            xml.append("/>\n");
        }
        xml.append("  </feature>\n");
    }

    private static String flags(String id, List<String> bits) {
        StringBuilder xml = new StringBuilder("    <flags id=\"" + id + "\" size=\"4\">\n");
        for (String bit : bits) {
            String[] nameAndPosition = bit.split(":", -1);
            xml.append("      <field name=\"").append(nameAndPosition[0]);
            xml.append("\" start=\"").append(nameAndPosition[1]);
            xml.append("\" end=\"").append(nameAndPosition[1]).append("\"/>\n");
        }
        return xml.append("    </flags>\n").toString();
    }

    private static String type(AmdRegister register) {
        return switch (register) {
            case RBP, RSP -> "data_ptr";
            case RIP -> "code_ptr";
            case EFLAGS -> "i386_eflags";
            case MXCSR -> "i386_mxcsr";
            case ORIG_RAX, FS_BASE, GS_BASE -> "int64";
            default ->
                switch (register.bytes()) {
                    case 4 -> "int32";
                    case 8 -> "int64";
                    case 10 -> "i387_ext";
                    default -> register.compareTo(AmdRegister.YMM0H) >= 0 ? "uint128" : "vec128";
                };
        };
    }

    private static boolean isX87Control(AmdRegister register) {
        return register.compareTo(AmdRegister.FCTRL) >= 0 && register.compareTo(AmdRegister.FOP) <= 0;
    }
}
