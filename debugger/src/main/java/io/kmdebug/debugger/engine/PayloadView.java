package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.SharedMembers;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Type;
import java.util.Optional;

/** The payload as presentations of values see it. */
record PayloadView(Payload payload) implements ProgramView {
    @Override
    public MemoryReader memory() {
        return payload.target().memory();
    }

    @Override
    public Optional<String> symbol(long address) {
        return payload.symbolName(address);
    }

    @Override
    public Optional<Type> type(String name) {
        for (LoadedImage image : payload.images().all()) {
            Optional<Type> found = image.symbols().typeNamed(name);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    @Override
    public Value staticMember(StaticMember member) {
        ThreadLocals.Block noThread = new ThreadLocals.Block.Unknown("thread-local: evaluate it in a frame");
        return SharedMembers.value(member, payload.images().forSymbols(), memory(), image -> new ThreadLocals() {
            @Override
            public Block block() {
                return noThread;
            }

            @Override
            public long moved(long address) {
                return payload.images().moved(image, address);
            }
        });
    }

    @Override
    public Optional<Type> runtimeType(long address) {
        return payload.images().at(address).flatMap(image -> image.symbols().goTypeAt(address - image.bias()));
    }

    @Override
    public Optional<Type> virtualTableOwner(long address) {
        for (LoadedImage image : payload.images().all()) {
            Optional<Type> found = image.symbols().virtualTableOwner(address - image.bias());
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }
}
