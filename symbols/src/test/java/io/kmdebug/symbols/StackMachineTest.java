package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import java.math.BigInteger;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Expressions that compilers write seldom or never. */
class StackMachineTest {
    private static final MemoryReader MEMORY = (address, target, offset, length) -> {
        if (address < 0x1000 || address >= 0x2000) return 0;
        int there = (int) Math.min(length, 0x2000 - address);
        for (int i = 0; i < there; i++) target[offset + i] = (byte) (address + i);
        return there;
    };

    private static FrameContext frame() {
        Registers registers = new Registers();
        registers.set(AmdRegister.RBX, 0x1100).set(AmdRegister.RBP, 0x1800);
        return new FrameContext(registers, OptionalLong.of(0x1900), MEMORY, 0x10_0000, OptionalLong.empty(), null);
    }

    private static Location locate(int... code) {
        byte[] bytes = new byte[code.length];
        for (int i = 0; i < code.length; i++) bytes[i] = (byte) code[i];
        try {
            return new StackMachine(frame(), null, null, Effort.none()).locate(Bytes.of("expression", bytes));
        } catch (ValueUnavailableException e) {
            return new Location.Missing(e.reason());
        }
    }

    @Test
    void stackOperationsMoveWhatTheSpecificationSays() {
        // lit1 lit2 swap minus: 2 - 1
        assertThat(locate(0x31, 0x32, 0x16, 0x1c, 0x9f)).isEqualTo(new Location.Computed(1));
        // lit1 lit2 lit3 rot: 3 1 2, top 2; minus: 1 - 2; plus: 3 + -1
        assertThat(locate(0x31, 0x32, 0x33, 0x17, 0x1c, 0x22, 0x9f)).isEqualTo(new Location.Computed(2));
        // lit5 lit9 over pick(2): 5
        assertThat(locate(0x35, 0x39, 0x14, 0x15, 2, 0x9f)).isEqualTo(new Location.Computed(5));
    }

    @Test
    void divisionIsSignedAndShiftsAreWhatTheyAreCalled() {
        // const1s -8, lit2, div
        assertThat(locate(0x09, 0xf8, 0x32, 0x1b, 0x9f)).isEqualTo(new Location.Computed(-4));
        // const1s -1, const1u 60, shr
        assertThat(locate(0x09, 0xff, 0x08, 60, 0x25, 0x9f)).isEqualTo(new Location.Computed(15));
        // const1s -16, lit2, shra
        assertThat(locate(0x09, 0xf0, 0x32, 0x26, 0x9f)).isEqualTo(new Location.Computed(-4));
        assertThat(locate(0x31, 0x30, 0x1b, 0x9f)).isInstanceOf(Location.Missing.class);
    }

    @Test
    void addressesAreRunTimeAddresses() {
        assertThat(locate(0x03, 0x10, 0x20, 0, 0, 0, 0, 0, 0)).isEqualTo(new Location.InMemory(0x10_2010));
        assertThat(locate(0x9c, 0x23, 8)).isEqualTo(new Location.InMemory(0x1908));
        assertThat(locate(0x73, 0x70)).isEqualTo(new Location.InMemory(0x10f0)); // breg3 -16
        assertThat(locate(0x73, 0, 0x94, 1, 0x9f)).isEqualTo(new Location.Computed(0)); // deref_size 1
        assertThat(locate(0x53)).isEqualTo(new Location.InRegister(AmdRegister.RBX));
    }

    @Test
    void piecesOfSeveralKindsAreKeptInOrder() {
        // reg3 piece(8), piece(4) of nothing, breg6 0 piece(2), lit7 stack_value bit_piece(3, 1)
        assertThat(locate(0x53, 0x93, 8, 0x93, 4, 0x76, 0, 0x93, 2, 0x37, 0x9f, 0x9d, 3, 1))
                .isEqualTo(new Location.Pieces(List.of(
                        new Location.Piece(new Location.InRegister(AmdRegister.RBX), 64, 0),
                        new Location.Piece(new Location.Missing("optimized out"), 32, 0),
                        new Location.Piece(new Location.InMemory(0x1800), 16, 0),
                        new Location.Piece(new Location.Computed(7), 3, 1))));
    }

    @Test
    void whatIsMissingSaysWhy() {
        assertThat(locate()).isEqualTo(new Location.Missing("optimized out"));
        assertThat(locate(0x5c)).isEqualTo(new Location.Missing("register r12 was not saved"));
        assertThat(locate(0x30, 0x06)).isEqualTo(new Location.Missing("cannot read memory at 0x0"));
        assertThat(locate(0x30, 0x9b))
                .isEqualTo(new Location.Missing("the address of thread-local storage is not known"));
        assertThat(locate(0x30, 0x30, 0x18))
                .isEqualTo(new Location.Missing("it lies in another address space, and x86-64 has only one"));
        assertThat(locate(0x97)).isEqualTo(new Location.Missing("it depends on an object that is not known here"));
        assertThat(locate(0x53, 0x30)).isInstanceOf(Location.Missing.class); // reg3 lit0
        assertThat(locate(0x02)).isEqualTo(new Location.Missing("DWARF operation 0x2 is not supported"));
    }

    @Test
    void threadLocalObjectsAreInTheBlockOrWhereItsTemplateIs() throws ValueUnavailableException {
        Bytes eight = Bytes.of("expression", new byte[] {0x38, (byte) 0x9b}); // lit8 form_tls_address
        ThreadLocals.Block at = new ThreadLocals.Block.At(0x7000);
        assertThat(new StackMachine(frame(at), null, null, Effort.none()).locate(eight))
                .isEqualTo(new Location.InMemory(0x7008));
        ThreadLocals.Block untouched = new ThreadLocals.Block.Untouched(0x1100, 10, 16);
        Location initial = new StackMachine(frame(untouched), null, null, Effort.none()).locate(eight);
        assertThat(((Location.Untouched) initial).bytes()).containsExactly(8, 9, 0, 0, 0, 0, 0, 0);
        assertThat(new StackMachine(frame(untouched), null, null, Effort.none())
                        .locate(Bytes.of("e", new byte[] {0x40, (byte) 0x9b})))
                .isInstanceOf(Location.Untouched.class);
    }

    private static FrameContext frame(ThreadLocals.Block block) {
        return FrameContext.ofImage(MEMORY, 0, () -> block);
    }

    @Test
    void numbersOfSixteenBytesAreComputedExactly() throws ValueUnavailableException {
        BaseType real = new BaseType("long double", 16, BaseType.Encoding.FLOAT);
        BaseType big = new BaseType("__int128", 16, BaseType.Encoding.SIGNED);
        TypedValue third = TypedValue.generic(1)
                .convert(real)
                .apply(0x1b, TypedValue.generic(3).convert(real));
        // 1/3 in 64 bits: 0xaaaaaaaaaaaaaaab * 2^-65
        assertThat(third.wide()).isEqualTo(new BigInteger("3ffdaaaaaaaaaaaaaaab", 16));
        assertThat(third.apply(0x1e, TypedValue.generic(-6).convert(real))
                        .convert(null)
                        .bits())
                .isEqualTo(-2);
        assertThat(third.apply(0x1c, third).wide()).isEqualTo(BigInteger.ZERO);
        assertThat(third.negate().compare(third)).isNegative();
        TypedValue most = TypedValue.generic(-1).convert(big).apply(0x25, TypedValue.generic(1)); // shr
        assertThat(most.wide()).isEqualTo(BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE));
        assertThat(most.apply(0x22, TypedValue.generic(1))
                        .apply(0x26, TypedValue.generic(126))
                        .convert(null)
                        .bits())
                .isEqualTo(-2);
        assertThat(TypedValue.generic(7)
                        .convert(big)
                        .apply(0x1d, TypedValue.generic(4))
                        .bits())
                .isEqualTo(3);
    }

    @Test
    void nothingRunsForEver() {
        assertThat(locate(0x2f, 0xfd, 0xff)).isInstanceOf(Location.Missing.class); // skip -3
        assertThat(locate(0x30, 0x2f, 0xfc, 0xff)).isInstanceOf(Location.Missing.class); // lit0, skip -4
        assertThat(locate(0x2f, 0x00, 0x70)).isInstanceOf(Location.Missing.class);
        assertThat(locate(0x22)).isInstanceOf(Location.Missing.class);
    }
}
