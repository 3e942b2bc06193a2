package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which register has which number in {@code p} and {@code P}, and where it stands in {@code g} and {@code G}. GDB:
 * "Target Description Format", element {@code reg}: numbers count up from the last one unless {@code regnum} says
 * otherwise; {@code g} holds all registers in the order of their numbers. LLDB: "target.xml", attribute {@code offset}:
 * where a register stands in {@code g}; registers there may lie in others, and are as wide as lldb has them.
 */
final class RegisterLayout {
    /**
     * @param offset in {@code g}, in bytes
     * @param register null for one that we have no use for
     * @param from the byte of the value where ours begins
     */
    private record Slot(
            int number, int offset, int bytes, @Nullable AmdRegister register, int from) {
        boolean isExact() {
            return register != null && register.bytes() == bytes;
        }
    }

    private static final int MOST_REGISTERS = 4096;
    private static final int WIDEST_BITS = 8192;
    private static final int DEEPEST_INCLUDE = 8;
    private static final int UNPLACED = -1;

    private final List<Slot> slots;
    private final @Nullable Slot[] byNumber;
    private final int[] numbers = new int[AmdRegister.values().length];

    private RegisterLayout(List<Slot> slots) {
        this.slots = slots;
        int highest = slots.isEmpty() ? 0 : slots.get(slots.size() - 1).number();
        byNumber = new @Nullable Slot[highest + 1];
        Arrays.fill(numbers, -1);
        for (Slot slot : slots) {
            byNumber[slot.number()] = slot;
            if (slot.register() != null) numbers[slot.register().ordinal()] = slot.number();
        }
    }

    /** What this project's server sends, and up to {@code fop} what a stub without a description means. */
    static RegisterLayout standard() {
        List<Slot> slots = new ArrayList<>();
        int offset = 0;
        for (AmdRegister register : AmdRegister.values()) {
            slots.add(new Slot(register.ordinal(), offset, register.bytes(), register, 0));
            offset += register.bytes();
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
        RegisterLayout layout = new RegisterLayout(placed(slots.values()));
        if (layout.number(AmdRegister.RIP) < 0) {
            throw new RspException(
                    RspException.Kind.UNSUPPORTED,
                    "the stub's target description has no 8-byte rip: not an amd64 target");
        }
        return layout;
    }

    /** Gives those an offset that the description gives none: each stands behind the one before it. */
    private static List<Slot> placed(Iterable<Slot> slots) {
        List<Slot> placed = new ArrayList<>();
        int next = 0;
        for (Slot slot : slots) {
            int offset = slot.offset() < 0 ? next : slot.offset();
            placed.add(new Slot(slot.number(), offset, slot.bytes(), slot.register(), slot.from()));
            next = offset + slot.bytes();
        }
        return List.copyOf(placed);
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
        int offset = number(reg.attribute("offset"), UNPLACED);
        if (offset < UNPLACED || offset > MOST_REGISTERS * WIDEST_BITS / 8) {
            throw malformed("register " + name + " stands at " + reg.attribute("offset"));
        }
        return slot(number, offset, bits / 8, name);
    }

    private static Slot slot(int number, int offset, int bytes, String name) {
        if (name.startsWith("ymm") && bytes == 32) {
            return new Slot(number, offset, bytes, AmdRegister.byGdbName(name + "h"), 16);
        }
        AmdRegister register = AmdRegister.byGdbName(name.equals("rflags") ? "eflags" : name);
        return new Slot(number, offset, bytes, register != null && fits(register, bytes) ? register : null, 0);
    }

    /** Whether a value of {@code bytes} is this register's, with zeros before it or behind. */
    private static boolean fits(AmdRegister register, int bytes) {
        if (register.bytes() == bytes) return true;
        // the tags of FXSAVE, which are of 16 bits, say another thing than the tag word
        boolean number = register.bytes() <= 8 && register != AmdRegister.FTAG;
        return number && (bytes == 2 || bytes == 4 || bytes == 8);
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
        Slot slot = slot(number);
        return slot == null ? null : slot.register();
    }

    private @Nullable Slot slot(long number) {
        return number >= 0 && number < byNumber.length ? byNumber[(int) number] : null;
    }

    /** Takes a {@code g} reply, or the data of {@code G}, as far as it goes. */
    Registers decode(PacketCursor in) {
        Registers registers = new Registers();
        int begin = in.position();
        for (Slot slot : slots) {
            in.moveTo(begin + slot.offset() * 2);
            if (in.remaining() < slot.bytes() * 2) continue;
            read(in, slot, registers);
        }
        return registers;
    }

    /** Reads the value of the register of that number in hex, as a stop reply has it. */
    void readOne(PacketCursor in, long number, Registers into) {
        Slot slot = slot(number);
        if (slot != null) read(in, slot, into);
    }

    /** "xx" leaves a register absent. */
    private static void read(PacketCursor in, Slot slot, Registers into) {
        if (in.unavailableByte()) {
            in.skipCharacters(slot.bytes() * 2);
            return;
        }
        byte[] value = in.hexBytes(slot.bytes());
        AmdRegister register = slot.register();
        if (register == null) return;
        into.set(
                register,
                slot.isExact() ? value : Arrays.copyOfRange(value, slot.from(), slot.from() + register.bytes()));
    }

    /** The value as the stub wants it in {@code P}; null when that takes more than this register. */
    byte @Nullable [] wide(AmdRegister register, byte[] value) {
        Slot slot = slot(number(register));
        if (slot == null || slot.from() > 0) return null;
        return slot.isExact() ? value : Arrays.copyOf(value, slot.bytes());
    }

    /** Whether {@code g} and {@code G} hold each register once and whole, so that what was read can be written. */
    boolean isPlain() {
        int next = 0;
        for (Slot slot : slots) {
            boolean whole = slot.register() == null || slot.isExact();
            if (slot.offset() != next || !whole) return false;
            next += slot.bytes();
        }
        return true;
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
