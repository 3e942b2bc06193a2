package io.kmdebug.debugger.value;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Registers and their parts by gdb's names: {@code rax}, {@code eax}, {@code ah}, {@code pc}, {@code ymm3}. */
public final class NamedRegister {
    private record Part(AmdRegister register, Type type, int bitOffset, int bitSize) {}

    private static final Map<String, Part> PARTS = new HashMap<>();

    static {
        String[] legacy = {"ax", "bx", "cx", "dx", "si", "di", "bp", "sp"};
        for (int i = 0; i < legacy.length; i++) {
            String name = legacy[i];
            AmdRegister whole = register("r" + name);
            addPart("e" + name, whole, RegisterTypes.INT32, 0);
            addPart(name, whole, RegisterTypes.INT16, 0);
            String low = name.endsWith("x") ? name.substring(0, 1) + "l" : name + "l";
            addPart(low, whole, RegisterTypes.INT8, 0);
            if (i < 4) addPart(name.substring(0, 1) + "h", whole, RegisterTypes.INT8, 8);
        }
        for (int i = 8; i <= 15; i++) {
            AmdRegister whole = register("r" + i);
            addPart("r" + i + "d", whole, RegisterTypes.INT32, 0);
            addPart("r" + i + "w", whole, RegisterTypes.INT16, 0);
            addPart("r" + i + "l", whole, RegisterTypes.INT8, 0);
        }
        for (AmdRegister register : AmdRegister.values()) addPart(register.gdbName(), register, typeOf(register), 0);
        addPart("pc", AmdRegister.RIP, RegisterTypes.CODE_POINTER, 0);
        addPart("sp", AmdRegister.RSP, RegisterTypes.DATA_POINTER, 0);
        addPart("fp", AmdRegister.RBP, RegisterTypes.DATA_POINTER, 0);
    }

    private NamedRegister() {}

    private static AmdRegister register(String name) {
        return Objects.requireNonNull(AmdRegister.byGdbName(name), name);
    }

    private static void addPart(String name, AmdRegister register, Type type, int bitOffset) {
        PARTS.put(name, new Part(register, type, bitOffset, 0));
    }

    /** The register as a value with a place; empty when there is no register of that name. */
    public static Optional<Value> find(String name, Registers registers) {
        int vector = vectorNumber(name);
        if (vector >= 0) return Optional.of(ymm(vector, registers));
        Part part = PARTS.get(name);
        if (part == null) return Optional.empty();
        Storage storage = new Storage.InRegister(part.register(), registers);
        return Optional.of(new Value(part.type(), storage, part.bitOffset(), part.bitSize()));
    }

    /** The number of a register named {@code ymm0} to {@code ymm15}; -1 for other names. */
    private static int vectorNumber(String name) {
        for (int i = 0; i < 16; i++) if (name.equals("ymm" + i)) return i;
        return -1;
    }

    private static Value ymm(int number, Registers registers) {
        AmdRegister low = register("xmm" + number);
        AmdRegister high = register("ymm" + number + "h");
        Storage storage = new Storage.Scattered(List.of(
                new Storage.Part(new Storage.InRegister(low, registers), 128, 0),
                new Storage.Part(new Storage.InRegister(high, registers), 128, 0)));
        return new Value(RegisterTypes.YMM, storage, 0, 0);
    }

    private static Type typeOf(AmdRegister register) {
        if (register == AmdRegister.RIP) return RegisterTypes.CODE_POINTER;
        if (register == AmdRegister.RSP || register == AmdRegister.RBP) return RegisterTypes.DATA_POINTER;
        if (register == AmdRegister.EFLAGS) return RegisterTypes.EFLAGS;
        if (register == AmdRegister.MXCSR) return RegisterTypes.MXCSR;
        return switch (register.bytes()) {
            case 16 -> RegisterTypes.XMM;
            case 10 -> RegisterTypes.X87;
            case 8 -> RegisterTypes.INT64;
            default -> new BaseType("int", register.bytes(), Encoding.SIGNED);
        };
    }
}
