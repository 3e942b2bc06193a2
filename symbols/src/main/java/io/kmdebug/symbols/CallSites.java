package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import io.kmdebug.symbols.UnitContext.Passed;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a caller passed, as the entry of the call site says it. DWARF 5 §3.4. */
final class CallSites {
    private static final int DW_OP_REG0 = 0x50;
    private static final int DW_OP_REG31 = 0x6f;
    private static final int DW_OP_REGX = 0x90;

    private CallSites() {}

    /** What the call in {@code function} that returns to {@code returnPc} says of {@code what}. */
    static Optional<DieLocation> value(Die function, long returnPc, Passed what) {
        long end = function.subtreeEnd();
        Die site = findSite(function, returnPc, end);
        if (site == null) return Optional.empty();
        LocationSource frameBase = Locations.source(function, Attribute.FRAME_BASE);
        if (what instanceof Passed.Target) {
            return described(site, Attribute.CALL_TARGET, Attribute.GNU_CALL_SITE_TARGET, frameBase);
        }
        for (boolean more = site.toFirstChild(); more; more = site.toSibling()) {
            boolean parameter = site.tag() == Tag.CALL_SITE_PARAMETER || site.tag() == Tag.GNU_CALL_SITE_PARAMETER;
            if (!parameter || !isOf(site, what)) continue;
            Optional<DieLocation> found = what instanceof Passed.BehindRegister
                    ? described(site, Attribute.CALL_DATA_VALUE, Attribute.GNU_CALL_SITE_DATA_VALUE, frameBase)
                    : described(site, Attribute.CALL_VALUE, Attribute.GNU_CALL_SITE_VALUE, frameBase);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    private static Optional<DieLocation> described(
            Die die, int attribute, int gnu, @Nullable LocationSource frameBase) {
        LocationSource source = Locations.source(die, die.has(attribute) ? attribute : gnu);
        return source == null ? Optional.empty() : Optional.of(new DieLocation(die.unit(), source, null, frameBase));
    }

    private static boolean isOf(Die parameter, Passed what) {
        if (what instanceof Passed.InRegister in) return register(parameter) == in.dwarfRegister();
        if (what instanceof Passed.BehindRegister behind) return register(parameter) == behind.dwarfRegister();
        if (!(what instanceof Passed.Parameter wanted)) return false;
        DieRef target = parameter.target(
                parameter.has(Attribute.CALL_PARAMETER) ? Attribute.CALL_PARAMETER : Attribute.ABSTRACT_ORIGIN);
        return target != null && target.offset() == wanted.infoOffset();
    }

    /** Call sites stand anywhere within the function: in its blocks and inlined functions. */
    private static @Nullable Die findSite(Die function, long returnPc, long end) {
        Die die = function.copy();
        long at = die.offset();
        while (at < end) {
            if (die.seek(at)) {
                boolean site = die.tag() == Tag.CALL_SITE || die.tag() == Tag.GNU_CALL_SITE;
                if (site && returnsTo(die, returnPc)) return die;
            }
            at = die.next();
        }
        return null;
    }

    /** As {@link Symbols#tailCalls} gives them; those of functions nested in {@code function} are not its own. */
    static long[] tailCalls(Die function) {
        long end = function.subtreeEnd();
        long[] calls = new long[4];
        int count = 0;
        Die die = function.copy();
        long at = die.next();
        while (at < end) {
            boolean entry = die.seek(at);
            at = entry && die.tag() == Tag.SUBPROGRAM ? die.subtreeEnd() : die.next();
            if (!entry || !isTailCall(die)) continue;
            if (count == calls.length) calls = Arrays.copyOf(calls, 2 * count);
            calls[count] = jump(die);
            if (calls[count] != 0) count++;
        }
        return Arrays.copyOf(calls, count);
    }

    private static boolean isTailCall(Die die) {
        return die.tag() == Tag.CALL_SITE && die.flag(Attribute.CALL_TAIL_CALL)
                || die.tag() == Tag.GNU_CALL_SITE && die.flag(Attribute.GNU_TAIL_CALL);
    }

    /** clang gives the address of a jump, gcc the one behind it. */
    private static long jump(Die site) {
        int behind = site.indexOf(site.tag() == Tag.CALL_SITE ? Attribute.CALL_RETURN_PC : Attribute.LOW_PC);
        if (behind >= 0) return site.address(behind);
        int at = site.indexOf(Attribute.CALL_PC);
        return at < 0 ? 0 : ~site.address(at);
    }

    private static boolean returnsTo(Die site, long returnPc) {
        int index = site.indexOf(site.tag() == Tag.CALL_SITE ? Attribute.CALL_RETURN_PC : Attribute.LOW_PC);
        return index >= 0 && site.address(index) == returnPc;
    }

    /** The register whose value the parameter states; -1 when it is no register. */
    private static int register(Die parameter) {
        int index = parameter.indexOf(Attribute.LOCATION);
        if (index < 0 || !parameter.isBlock(index)) return -1;
        Bytes code = parameter.block(index);
        if (code.length() == 0) return -1;
        int operation = code.u1(0);
        if (code.length() == 1 && operation >= DW_OP_REG0 && operation <= DW_OP_REG31) return operation - DW_OP_REG0;
        if (code.length() == 2 && operation == DW_OP_REGX && code.u1(1) < 0x80) return code.u1(1);
        return -1;
    }
}
