package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose virtual tables lie where: Rust describes each as a variable of its unit, {@code <T as Trait>::{vtable}}, and its
 * type names {@code T} by DW_AT_containing_type.
 */
final class VirtualTables {
    private static final int DW_OP_ADDR = 0x03;

    private final Map<Long, DieRef> byAddress = new HashMap<>();

    private VirtualTables() {}

    static VirtualTables of(DwarfImage image) {
        VirtualTables tables = new VirtualTables();
        for (Unit unit : image.unitsWithEntries()) {
            try {
                if (Language.of(unit.language()) == Language.RUST) tables.read(unit);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return tables;
    }

    private void read(Unit unit) {
        Die die = unit.rootDie();
        for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
            if (die.tag() != Tag.VARIABLE) continue;
            String name = die.string(Attribute.NAME);
            if (name == null || !name.contains("vtable")) continue;
            if (!(Locations.of(die, null).source() instanceof LocationSource.Expression expression)) continue;
            Bytes code = expression.bytes();
            if (code.length() != 9 || code.u1(0) != DW_OP_ADDR) continue;
            DieRef type = die.target(Attribute.TYPE);
            if (type != null) byAddress.putIfAbsent(code.u8(1), type);
        }
    }

    Optional<Type> owner(long address) {
        DieRef type = byAddress.get(address);
        if (type == null) return Optional.empty();
        return type.unit().image().types().at(type) instanceof CompositeType table
                ? table.containingType()
                : Optional.empty();
    }
}
