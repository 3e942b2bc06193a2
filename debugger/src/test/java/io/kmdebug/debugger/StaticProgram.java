package io.kmdebug.debugger;

import io.kmdebug.debugger.expression.EvaluationScope;
import io.kmdebug.debugger.expression.FrameScope;
import io.kmdebug.debugger.expression.ThreadView;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.Symbols;
import io.kmdebug.symbols.Unwinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A program that never ran: its data as the file has it, seen from main. What is written stays in this object. */
public final class StaticProgram implements MemoryReader, TargetWriter {
    private record Segment(long address, byte[] bytes) {}

    public final Symbols symbols;
    public final Registers registers = new Registers();
    private final List<Segment> segments;

    public StaticProgram(Path program) throws Exception {
        ElfFile file = ElfFile.open(program);
        symbols = Symbols.of(file);
        segments = file.segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_LOAD)
                .map(s -> new Segment(s.address(), load(file, s)))
                .toList();
    }

    private static byte[] load(ElfFile file, ElfSegment segment) {
        byte[] bytes = new byte[(int) segment.memorySize()];
        file.content(segment).copy(0, bytes, 0, (int) segment.fileSize());
        return bytes;
    }

    @Override
    public int read(long address, byte[] target, int offset, int length) {
        for (Segment s : segments) {
            long at = address - s.address();
            if (at < 0 || at >= s.bytes().length) continue;
            int count = (int) Math.min(length, s.bytes().length - at);
            System.arraycopy(s.bytes(), (int) at, target, offset, count);
            return count;
        }
        return 0;
    }

    @Override
    public void writeMemory(long address, byte[] data) {
        for (Segment s : segments) {
            long at = address - s.address();
            if (at < 0 || at + data.length > s.bytes().length) continue;
            System.arraycopy(data, 0, s.bytes(), (int) at, data.length);
            return;
        }
        throw new DebuggerException(String.format("cannot write memory at 0x%x", address));
    }

    @Override
    public void writeRegister(AmdRegister register, byte[] value) {
        registers.set(register, value);
    }

    /** As gdb writes it: {@code main+4}. */
    public Optional<String> symbol(long address) {
        return symbols.symbolAt(address).map(s -> named(s, address));
    }

    private static String named(ElfSymbol symbol, long address) {
        long distance = address - symbol.value();
        return distance == 0 ? symbol.name() : symbol.name() + "+" + distance;
    }

    public EvaluationScope scope(boolean writable) {
        Unwinder.Image image = new Unwinder.Image(symbols, 0);
        long main = symbols.symbolsNamed("main").get(0).value();
        FrameContext context = FrameContext.ofImage(this, 0, OptionalLong.empty());
        FrameScope.Frame frame = new FrameScope.Frame(context, null, image, main);
        @Nullable TargetWriter writer = writable ? this : null;
        return new FrameScope(List.of(image), ThreadView.NONE, frame, registers, this, writer);
    }
}
