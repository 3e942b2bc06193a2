package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.code.Disassembler;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.Optional;

/** The payload's code as the disassembler asks for it. */
record CodeView(Payload payload) implements Disassembler.Code {
    @Override
    public MemoryReader memory() {
        return payload.target().memory();
    }

    @Override
    public Optional<Symbol> symbolAt(long address) {
        Optional<LoadedImage> image = payload.images().at(address);
        if (image.isEmpty()) return Optional.empty();
        long bias = image.get().bias();
        return image.get()
                .symbols()
                .symbolAt(address - bias)
                .map(s -> new Symbol(Demangler.readable(s.name()), s.value() + bias, s.size()));
    }

    @Override
    public Optional<SourceLocation> locationOf(long address) {
        return payload.location(address);
    }
}
