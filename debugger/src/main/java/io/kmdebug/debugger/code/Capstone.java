package io.kmdebug.debugger.code;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import io.kmdebug.debugger.DebuggerException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system's disassembler library, loaded when the first instruction is asked for. Layout of {@code cs_insn}:
 * capstone.h of versions 4 and 5.
 */
final class Capstone {
    private static final List<String> NAMES = List.of("libcapstone.so.4", "libcapstone.so.5", "libcapstone.so");
    private static final int ARCH_X86 = 3;
    private static final int MODE_64 = 1 << 3;
    private static final int OPTION_SYNTAX = 1;
    private static final int SYNTAX_INTEL = 1;
    private static final int SYNTAX_ATT = 2;
    private static final int INSN_SIZE = 16;
    private static final int INSN_BYTES = 18;
    private static final int MNEMONIC_WIDTH = 32;
    private static final int OPERANDS_WIDTH = 160;
    private static final int WINDOW = 4096;

    private static @Nullable Capstone loaded;

    /**
     * One instruction.
     *
     * @param size bytes, 1 to 15
     */
    record Decoded(int size, String mnemonic, String operands) {
        String text() {
            return operands.isEmpty() ? mnemonic : mnemonic + " " + operands;
        }
    }

    private final Invoker invoker = Invoker.getInstance();
    private final MemoryIO io = MemoryIO.getInstance();
    private final Library library;
    private final int mnemonicOffset;
    private final long handle;
    private final long disassemble;
    private final long instruction;
    /** Address of: code pointer (8), bytes left (8), address (8), the code. */
    private final long buffer;

    private Capstone(Library library) {
        this.library = library;
        int version = (int) call("cs_version", Type.UINT, 0, 0) >> 8;
        if (version != 4 && version != 5) {
            throw new DebuggerException("libcapstone has version " + version + "; versions 4 and 5 can be used");
        }
        mnemonicOffset = INSN_BYTES + (version == 4 ? 16 : 24);
        buffer = io.allocateMemory(24 + WINDOW, true);
        int error = (int) call("cs_open", Type.SINT, ARCH_X86, MODE_64, buffer);
        if (error != 0) throw new DebuggerException("libcapstone cannot decode x86-64 (cs_open gave " + error + ")");
        handle = io.getLong(buffer);
        disassemble = symbol("cs_disasm_iter");
        instruction = call("cs_malloc", Type.SLONG_LONG, handle);
    }

    /** The library, loaded by the first call. */
    static synchronized Capstone get() {
        Capstone known = loaded;
        if (known == null) loaded = known = new Capstone(open(NAMES));
        return known;
    }

    static Library open(List<String> names) {
        for (String name : names) {
            Library library = Library.getCachedInstance(name, Library.LAZY | Library.LOCAL);
            if (library != null) return library;
        }
        throw new DebuggerException("disassembly needs the library libcapstone; install it with:"
                + " sudo apt-get install libcapstone4   (libcapstone5 on newer systems)");
    }

    private long symbol(String name) {
        long address = library.getSymbolAddress(name);
        if (address == 0) throw new DebuggerException("libcapstone has no function " + name);
        return address;
    }

    private long call(String name, Type result, long... arguments) {
        return call(symbol(name), result, arguments);
    }

    private long call(long function, Type result, long... arguments) {
        Type[] types = new Type[arguments.length];
        java.util.Arrays.fill(types, Type.SLONG_LONG);
        CallContext context = CallContext.getCallContext(result, types, CallingConvention.DEFAULT, false);
        HeapInvocationBuffer values = new HeapInvocationBuffer(context);
        for (long argument : arguments) values.putLong(argument);
        if (result.equals(Type.SLONG_LONG)) return invoker.invokeLong(context, function, values);
        return invoker.invokeInt(context, function, values);
    }

    /**
     * The instruction at {@code code[offset]}.
     *
     * @param length bytes from {@code offset} on that may belong to it
     * @param address where it is in the payload
     * @return null where the bytes are no instruction that the library knows
     */
    synchronized @Nullable Decoded decode(byte[] code, int offset, int length, long address, boolean att) {
        int size = Math.min(length, 16);
        call("cs_option", Type.SINT, handle, OPTION_SYNTAX, att ? SYNTAX_ATT : SYNTAX_INTEL);
        io.putLong(buffer, buffer + 24);
        io.putLong(buffer + 8, size);
        io.putLong(buffer + 16, address);
        io.putByteArray(buffer + 24, code, offset, size);
        long found = call(disassemble, Type.UINT, handle, buffer, buffer + 8, buffer + 16, instruction) & 0xff;
        if (found == 0) return null;
        return new Decoded(
                io.getShort(instruction + INSN_SIZE) & 0xffff,
                text(instruction + mnemonicOffset, MNEMONIC_WIDTH),
                text(instruction + mnemonicOffset + MNEMONIC_WIDTH, OPERANDS_WIDTH));
    }

    private String text(long address, int width) {
        return new String(io.getZeroTerminatedByteArray(address, width), StandardCharsets.US_ASCII);
    }
}
