package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which register has which number in {@code p} and {@code P}, and where it stands in {@code g} and {@code G}. GDB:
 * "Target Description Format", element {@code reg}: numbers count up from the last one unless {@code regnum} says
 * otherwise; {@code g} holds all registers in the order of their numbers.
 */
final class RegisterLayout {
    /** @param register null for one that we have no use for */
    private record Slot(int number, int bytes, @Nullable AmdRegister register) {}

    private static final int MOST_REGISTERS = 4096;
    private static final int WIDEST_BITS = 8192;
    private static final int DEEPEST_INCLUDE = 8;

    private final List<Slot> slots;
    private final @Nullable AmdRegister[] byNumber;
    private final int[] numbers = new int[AmdRegister.values().length];

    private RegisterLayout(List<Slot> slots) {
        this.slots = slots;
        int highest = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).number();
        byNumber = new @Nullable AmdRegister[highest + 1];
        java.util.Arrays.fill(numbers, -1);
        for (Slot slot : slots) {
            byNumber[slot.number()] = slot.register();
            if (slot.register() != null) numbers[slot.register().ordinal()] = slot.number();
        }
    }

    /** What this project's server sends, and up to {@code fop} what a stub without a description means. */
    static RegisterLayout standard() {
        List<Slot> slots = new ArrayList<>();
        for (AmdRegister register : AmdRegister.values()) {
            slots.add(new Slot(register.ordinal(), register.bytes(), register));
        }
        return new RegisterLayout(slots);
    }

    /** The general and x87 registers only: a stub without a target description. */
    static RegisterLayout withoutDescription() {
        return new RegisterLayout(standard().slots.subList(0, AmdRegister.FOP.ordinal() + 1));
    }

    /**
     * Reads a target description.
     *
     * @param included the text of another annex that the description includes
     * @throws RspException when it is not amd64's
     */
    static RegisterLayout parse(String xml, UnaryOperator<String> included) {
        TreeMap<Integer, Slot> slots = new TreeMap<>();
        collect(xml, included, 0, 0, slots);
        RegisterLayout layout = new RegisterLayout(List.copyOf(slots.values()));
        if (layout.number(AmdRegister.RIP) < 0) {
            throw new RspException(
                    RspException.Kind.UNSUPPORTED,
                    "the stub's target description has no 8-byte rip: not an amd64 target");
        }
        return layout;
    }

    /** Returns the number after the last register's. */
    private static int collect(
            String xml, UnaryOperator<String> included, int depth, int first, TreeMap<Integer, Slot> slots) {
        if (depth > DEEPEST_INCLUDE) throw malformed("includes are nested too deep");
        int next = first;
        XmlScanner scanner = new XmlScanner(xml);
        while (scanner.next()) {
            if (scanner.name().equals("xi:include")) {
                next = collect(included.apply(scanner.attribute("href")), included, depth + 1, next, slots);
            } else if (scanner.name().equals("reg")) {
                Slot slot = slot(scanner, next);
                slots.put(slot.number(), slot);
                next = slot.number() + 1;
            }
        }
        return next;
    }

    private static Slot slot(XmlScanner reg, int next) {
        String name = reg.attribute("name");
        int number = number(reg.attribute("regnum"), next);
        int bits = number(reg.attribute("bitsize"), 0);
        if (number < 0 || number >= MOST_REGISTERS || bits <= 0 || bits % 8 != 0 || bits > WIDEST_BITS) {
            throw malformed("register " + name + " has number " + number + " and " + bits + " bits");
        }
        AmdRegister register = AmdRegister.byGdbName(name);
        boolean usable = register != null && register.bytes() == bits / 8;
        return new Slot(number, bits / 8, usable ? register : null);
    }

    private static RspException malformed(String why) {
        return new RspException(RspException.Kind.MALFORMED, "target description: " + why);
    }

    private static int number(String text, int absent) {
        if (text.isEmpty()) return absent;
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The number, or -1 when the layout does not have the register. */
    int number(AmdRegister register) {
        return numbers[register.ordinal()];
    }

    @Nullable
    AmdRegister register(long number) {
        return number >= 0 && number < byNumber.length ? byNumber[(int) number] : null;
    }

    /** Takes a {@code g} reply, or the data of {@code G}, as far as it goes. */
    Registers decode(PacketCursor in) {
        Registers registers = new Registers();
        for (Slot slot : slots) {
            if (in.remaining() < slot.bytes() * 2) break;
            readValue(in, slot.register(), slot.bytes(), registers);
        }
        return registers;
    }

    /** Reads one value of {@code register} in hex; "xx" leaves it absent. */
    static void readValue(PacketCursor in, @Nullable AmdRegister register, int bytes, Registers into) {
        if (in.unavailableByte()) {
            for (int i = 0; i < bytes * 2; i++) in.take();
            return;
        }
        byte[] value = in.hexBytes(bytes);
        if (register != null) into.set(register, value);
    }

    /** Writes {@code g}'s reply or {@code G}'s data up to and including {@code last}. */
    void encode(Registers registers, PacketWriter out, int last) {
        for (Slot slot : slots) {
            if (slot.number() > last) break;
            byte[] value = slot.register() == null ? null : registers.bytes(slot.register());
            if (value != null) out.hexBytes(value);
            else for (int i = 0; i < slot.bytes(); i++) out.text("xx");
        }
    }

    /** Bytes of all registers up to and including {@code last}. */
    int bytes(int last) {
        int bytes = 0;
        for (Slot slot : slots) if (slot.number() <= last) bytes += slot.bytes();
        return bytes;
    }

    int lastNumber() {
        return byNumber.length - 1;
    }
}
