package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Location;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Values that optimised code scatters over registers, pieces and the debug information itself. */
class StorageTest {
    private static final Type INT = new BaseType("int", 4, Encoding.SIGNED);
    private static final Type SHORT = new BaseType("short", 2, Encoding.SIGNED);
    private static final Type LONG = new BaseType("long", 8, Encoding.SIGNED);
    private static final Type FLOAT = new BaseType("float", 4, Encoding.FLOAT);
    private static final Type CHAR = new BaseType("char", 1, Encoding.SIGNED_CHAR);
    private static final CompositeType PAIR = new CompositeType(
            CompositeType.Kind.STRUCT,
            "pair",
            8,
            false,
            () -> List.of(
                    new CompositeType.Member("x", () -> INT, 0, 0, false),
                    new CompositeType.Member("y", () -> INT, 32, 0, false)));

    private final byte[] ram = new byte[256];
    private final MemoryReader memory = (address, target, offset, length) -> {
        long at = address - 0x1000;
        if (at < 0 || at >= ram.length) return 0;
        int count = (int) Math.min(length, ram.length - at);
        System.arraycopy(ram, (int) at, target, offset, count);
        return count;
    };
    private final TargetWriter writer = new TargetWriter() {
        @Override
        public void writeMemory(long address, byte[] data) {
            System.arraycopy(data, 0, ram, (int) (address - 0x1000), data.length);
        }

        @Override
        public void writeRegister(AmdRegister register, byte[] value) {
            registers.set(register, value);
        }
    };
    private final Registers registers = new Registers();
    private final ValueFormatter formatter = new ValueFormatter(memory, address -> Optional.empty());

    private Value at(Type type, Location location) {
        return new Value(type, Storage.of(location, registers), 0, 0);
    }

    private String text(Value value) {
        return formatter.format(value, false);
    }

    @Test
    void registersHoldIntegersAndFloats() {
        registers.set(AmdRegister.RCX, 0xffff_ffff_0000_0007L);
        ByteBuffer vector =
                ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putFloat(2.5f);
        registers.set(AmdRegister.XMM3, vector.array());
        assertThat(text(at(INT, new Location.InRegister(AmdRegister.RCX)))).isEqualTo("7");
        assertThat(text(at(LONG, new Location.InRegister(AmdRegister.RCX)))).isEqualTo("-4294967289");
        assertThat(text(at(FLOAT, new Location.InRegister(AmdRegister.XMM3)))).isEqualTo("2.5");
        assertThat(text(at(INT, new Location.InRegister(AmdRegister.RBX)))).isEqualTo("<register rbx was not saved>");
    }

    @Test
    void computedAndImplicitValuesHaveNoPlace() {
        Value computed = at(SHORT, new Location.Computed(-2));
        assertThat(text(computed)).isEqualTo("-2");
        assertThat(text(at(PAIR, new Location.Implicit(new byte[] {1, 0, 0, 0, 2, 0, 0, 0}))))
                .isEqualTo("{x=1, y=2}");
        assertThat(computed.isPlace()).isFalse();
        assertThatThrownBy(() -> ValueWriter.write(computed, new byte[2], memory, writer))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("has no place");
        assertThat(text(at(LONG, new Location.Implicit(new byte[3]))))
                .isEqualTo("<the debug information has only 3 bytes of it>");
    }

    @Test
    void piecesAreReadAndWrittenWhereTheyAre() {
        registers.set(AmdRegister.RDX, 5);
        ram[8] = 9;
        Value pair = at(
                PAIR,
                new Location.Pieces(List.of(
                        new Location.Piece(new Location.InRegister(AmdRegister.RDX), 32, 0),
                        new Location.Piece(new Location.InMemory(0x1008), 32, 0))));
        assertThat(text(pair)).isEqualTo("{x=5, y=9}");
        ValueWriter.write(pair, new byte[] {1, 2, 0, 0, 3, 0, 0, 0}, memory, writer);
        assertThat(text(pair)).isEqualTo("{x=513, y=3}");
        assertThat(registers.get(AmdRegister.RDX)).isEqualTo(513);
        assertThat(ram[8]).isEqualTo((byte) 3);
    }

    @Test
    void aMissingPieceLosesItsMembersOnly() {
        registers.set(AmdRegister.RDX, 5);
        Value pair = at(
                PAIR,
                new Location.Pieces(List.of(
                        new Location.Piece(new Location.InRegister(AmdRegister.RDX), 32, 0),
                        new Location.Piece(new Location.Missing("optimized out"), 32, 0))));
        assertThat(text(pair)).isEqualTo("{x=5, y=<optimized out>}");
        assertThat(text(at(INT, new Location.Missing("optimized out")))).isEqualTo("<optimized out>");
        assertThat(formatter
                        .text(at(INT, new Location.Missing("optimized out")), Style.PLAIN)
                        .available())
                .isFalse();
    }

    @Test
    void anImplicitPointerStillShowsWhatItPointsTo() {
        Value pointer = at(
                PointerType.to(PAIR),
                new Location.ImplicitPointer(new Location.Implicit(new byte[] {1, 0, 0, 0, 2, 0, 0, 0}), 0));
        assertThat(text(pointer)).isEqualTo("<optimized out, points to {x=1, y=2}>");
        VariableTree tree = new VariableTree(formatter);
        VariableInfo line = tree.show(0, "p", pointer, "p", false);
        assertThat(tree.children(line.reference(), 0, 0, false))
                .extracting(VariableInfo::value)
                .containsExactly("1", "2");
    }

    @Test
    void bitFieldsAreReadAndWrittenWithinTheirBits() {
        ram[4] = (byte) 0b1010_1100;
        Value whole = Value.inMemory(INT, 0x1004);
        Value field = whole.part(INT, 2, 3);
        assertThat(text(field)).isEqualTo("3");
        ValueWriter.write(field, new byte[] {(byte) 0xfc, -1, -1, -1}, memory, writer);
        assertThat(text(field)).isEqualTo("-4");
        assertThat(ram[4]).isEqualTo((byte) 0b1011_0000);
        assertThat(ram[5]).isZero();
    }

    @Test
    void stringsEndWhereMemoryEnds() {
        ram[254] = 'h';
        ram[255] = 'i';
        Value pointer = Value.computed(PointerType.to(CHAR), new byte[] {(byte) 0xfe, 0x10, 0, 0, 0, 0, 0, 0});
        assertThat(text(pointer)).isEqualTo("0x10fe \"hi\" <cannot read memory at 0x1100>");
        Value wild = Value.computed(PointerType.to(CHAR), new byte[] {16, 0, 0, 0, 0, 0, 0, 0});
        assertThat(text(wild)).isEqualTo("0x10 <cannot read memory at 0x10>");
    }

    @Test
    void anArrayThatRunsIntoUnreadableMemoryShowsWhatThereIs() {
        ram[252] = 7;
        Value array = Value.inMemory(new ArrayType(() -> INT, 50), 0x10f8);
        assertThat(text(array)).isEqualTo("{0, 7, <cannot read memory at 0x1100>...}");
        assertThat(text(Value.inMemory(new ArrayType(() -> INT, 50), 0x5000)))
                .isEqualTo("<cannot read memory at 0x5000>");
    }

    @Test
    void deepAndLongValuesAreCut() {
        Type type = INT;
        for (int i = 0; i < 10; i++) {
            Type inner = type;
            type = new CompositeType(
                    CompositeType.Kind.STRUCT,
                    "s" + i,
                    4,
                    false,
                    () -> List.of(new CompositeType.Member("m", () -> inner, 0, 0, false)));
        }
        assertThat(text(Value.inMemory(type, 0x1000))).isEqualTo("{m={m={m={m={...}}}}}");
        for (int i = 0; i < ram.length; i++) ram[i] = (byte) i;
        Type bytes = new ArrayType(() -> SHORT, 120);
        assertThat(text(Value.inMemory(new ArrayType(() -> bytes, 1), 0x1000))).hasSizeLessThanOrEqualTo(1003);
    }

    @Test
    void registerGroupsAreShownInTheirOwnWay() {
        registers.set(AmdRegister.RAX, 0x1c);
        registers.set(AmdRegister.RIP, 0x401136);
        registers.set(AmdRegister.EFLAGS, 0x246);
        registers.set(AmdRegister.XMM0, new byte[16]);
        registers.set(AmdRegister.YMM0H, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        registers.set(AmdRegister.FCTRL, 0x37f);
        registers.set(AmdRegister.ST0, new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0xa0, 0, 0x40});
        ValueFormatter named =
                new ValueFormatter(memory, address -> address == 0x401136 ? Optional.of("main+4") : Optional.empty());
        VariableTree tree = new VariableTree(named);
        List<VariableInfo> groups = tree.children(tree.scope(1, () -> RegisterGroups.of(registers)), 0, 0, false);
        assertThat(groups).extracting(VariableInfo::name).containsExactly("General", "x87", "SSE", "AVX");
        List<VariableInfo> general = tree.children(groups.get(0).reference(), 0, 0, false);
        assertThat(general)
                .extracting(VariableInfo::name)
                .startsWith("rax", "rbx")
                .endsWith("rip", "eflags");
        assertThat(general).anySatisfy(r -> assertThat(r.value()).isEqualTo("0x1c"));
        assertThat(general).anySatisfy(r -> assertThat(r.value()).isEqualTo("0x401136 <main+4>"));
        assertThat(general).anySatisfy(r -> assertThat(r.value()).isEqualTo("[ PF ZF IF ]"));
        assertThat(general.get(1).value()).isEqualTo("<register rbx was not saved>");
        assertThat(tree.children(groups.get(1).reference(), 0, 0, false).get(0).value())
                .isEqualTo("2.5");
        VariableInfo ymm = tree.children(groups.get(3).reference(), 0, 0, false).get(0);
        assertThat(ymm.evaluateName()).isEqualTo("$ymm0");
        List<VariableInfo> lanes = tree.children(ymm.reference(), 0, 0, false);
        assertThat(lanes.get(0).name()).isEqualTo("v8_float");
        assertThat(lanes.get(0).value()).isEqualTo("{0, 0, 0, 0, 1, 0, 0, 0}");
        assertThat(lanes.get(0).evaluateName()).isEqualTo("$ymm0.v8_float");
    }

    @Test
    void equalElementsAreCountedWithinABound() {
        MemoryReader zeros = (address, target, offset, length) -> {
            java.util.Arrays.fill(target, offset, offset + length, (byte) 0);
            return length;
        };
        ValueFormatter endless = new ValueFormatter(zeros, address -> Optional.empty());
        Value array = Value.inMemory(new ArrayType(() -> INT, 1L << 40), 0x1000);
        assertThat(endless.format(array, false)).isEqualTo("{0 <repeats 16384 times>, ...}");
        Value exact = Value.inMemory(new ArrayType(() -> INT, 16384), 0x1000);
        assertThat(endless.format(exact, false)).isEqualTo("{0 <repeats 16384 times>}");
    }
}
