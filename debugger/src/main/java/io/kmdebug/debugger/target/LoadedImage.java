package io.kmdebug.debugger.target;

import io.kmdebug.debugger.ModuleInfo;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.symbols.Symbols;
import io.kmdebug.symbols.Unwinder;
import java.util.Optional;

/**
 * A program image in the payload's memory: the executable, a shared library, the vDSO.
 *
 * @param path of the file on this machine; for the vDSO its name
 * @param image its symbols and load bias
 * @param low first run-time address of its loaded segments
 * @param high first run-time address behind them
 * @param main whether it is the executable
 */
public record LoadedImage(String path, Unwinder.Image image, long low, long high, boolean main) {
    static LoadedImage of(String path, Symbols symbols, long bias, boolean main) {
        ElfFile file = symbols.file();
        long low = -1;
        long high = 0;
        for (ElfSegment segment : file.segments()) {
            if (segment.type() != ElfSegment.PT_LOAD || segment.memorySize() == 0) continue;
            long start = segment.address() + bias;
            long end = start + segment.memorySize();
            if (low == -1 || Long.compareUnsigned(start, low) < 0) low = start;
            if (Long.compareUnsigned(end, high) > 0) high = end;
        }
        return new LoadedImage(path, new Unwinder.Image(symbols, bias), low == -1 ? 0 : low, high, main);
    }

    public Symbols symbols() {
        return image.symbols();
    }

    /** Run-time minus link-time address. */
    public long bias() {
        return image.loadBias();
    }

    /** The part of the path behind the last slash. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public boolean contains(long address) {
        if (Long.compareUnsigned(address - low, high - low) >= 0) return false;
        long linked = address - bias();
        for (ElfSegment segment : symbols().file().segments()) {
            if (segment.type() == ElfSegment.PT_LOAD && segment.contains(linked)) return true;
        }
        return false;
    }

    /** The segment with the thread-local template, if there is one. */
    public Optional<ElfSegment> threadLocals() {
        return symbols().file().segments().stream()
                .filter(s -> s.type() == ElfSegment.PT_TLS)
                .findFirst();
    }

    /** This image as clients see it. */
    public ModuleInfo describe() {
        return new ModuleInfo(
                path() + "@" + Long.toHexString(low()),
                name(),
                path(),
                symbols().file().buildId().orElse(null),
                bias(),
                low(),
                high(),
                symbols().status());
    }
}
