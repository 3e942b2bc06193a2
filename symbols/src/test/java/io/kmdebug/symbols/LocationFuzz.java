package io.kmdebug.symbols;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.UnitContext.DieLocation;
import io.kmdebug.symbols.UnitContext.LocationSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fuzz target: location expressions and lists. The first byte says which (version of the unit, expression or list); the
 * expressions of references, frame base and entry values are later parts of the same bytes.
 */
final class LocationFuzz {
    private static final MemoryReader MEMORY = (address, target, offset, length) -> {
        if (address < 0x1000 || address >= 0x1_0000) return 0;
        int there = (int) Math.min(length, 0x1_0000 - address);
        for (int i = 0; i < there; i++) target[offset + i] = (byte) ((address + i) * 17 >> 2);
        return there;
    };

    private LocationFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length < 4) return;
        int version = 2 + (data[0] & 3);
        boolean list = (data[0] & 4) != 0;
        byte[] code = Arrays.copyOfRange(data, 4, data.length);
        FuzzLimits.within(() -> {
            PackedSections sections = new PackedSections();
            sections.put(version < 5 ? ".debug_loc" : ".debug_loclists", code);
            Unit unit = new Unit(data, version, DwarfSections.plain(sections.elf("")));
            LocationSource source = list
                    ? new LocationSource.ListAt(data[1] & 0xff)
                    : new LocationSource.Expression(Bytes.of("expression", code));
            LocationSource base = new LocationSource.Expression(unit.part(data[2] & 0xff));
            FrameContext caller = frame(null);
            Location found =
                    LocationEvaluator.evaluate(new DieLocation(unit, source, null, base), frame(caller), Effort.none());
            if (found instanceof Location.Missing missing && missing.reason().isEmpty()) {
                throw new AssertionError("a value is missing without a reason");
            }
        });
    }

    private static FrameContext frame(@org.jspecify.annotations.Nullable FrameContext caller) {
        Registers registers = new Registers();
        for (int i = 0; i < 16; i++) {
            AmdRegister register = AmdRegister.byDwarf(i);
            if (register != null && i != 3) registers.set(register, 0x2000 + 0x100 * i);
        }
        registers.set(AmdRegister.RIP, 0x20);
        return new FrameContext(registers, OptionalLong.of(0x3000), MEMORY, 0, OptionalLong.of(0x4000), caller);
    }

    /** A unit whose references lead to other parts of the input. */
    private record Unit(byte[] data, int version, DwarfSections sections) implements UnitContext {
        Bytes part(int at) {
            int from = Math.min(data.length, 4 + at);
            return Bytes.of("part", Arrays.copyOfRange(data, from, Math.min(data.length, from + 12)));
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public int addressSize() {
            return (data[0] & 8) != 0 ? 4 : 8;
        }

        @Override
        public int offsetSize() {
            return (data[0] & 16) != 0 ? 8 : 4;
        }

        @Override
        public long lowPc() {
            return 0;
        }

        @Override
        public long address(long index) {
            if (index < 0 || index > 8) throw new io.kmdebug.machine.CorruptFileException("f", "w", 0, "a", "b");
            return index * 16;
        }

        @Override
        public long locationListOffset(long index) {
            return index;
        }

        @Override
        public boolean tracksCallees() {
            return (data[0] & 32) != 0;
        }

        @Override
        public Optional<BaseType> baseType(long unitOffset) {
            List<BaseType.Encoding> all = List.of(BaseType.Encoding.values());
            if (unitOffset < 0 || unitOffset >= 64) return Optional.empty();
            int size = new int[] {1, 2, 4, 8, 10, 16, 0, 3}[(int) (unitOffset & 7)];
            return Optional.of(new BaseType("t", size, all.get((int) (unitOffset >> 3) % all.size())));
        }

        @Override
        public Optional<DieLocation> dieLocation(long infoOffset) {
            if (infoOffset < 0 || infoOffset > data.length) return Optional.empty();
            LocationSource source = new LocationSource.Expression(part((int) infoOffset));
            return Optional.of(new DieLocation(this, source, null, source));
        }

        @Override
        public Optional<DieLocation> callSiteValue(long linkReturnPc, Passed what) {
            return dieLocation(what.hashCode() & 0xff);
        }

        @Override
        public int scalarSize(long infoOffset) {
            return (int) (infoOffset & 15);
        }

        @Override
        public long functionEntry(long linkPc) {
            return 0x10;
        }

        @Override
        public long[] tailCalls(long linkEntry) {
            return new long[] {0x18};
        }
    }
}
