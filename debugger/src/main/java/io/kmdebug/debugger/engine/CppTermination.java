package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.presentation.Languages;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.target.ThreadStorage;
import io.kmdebug.debugger.value.Style;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.rsp.RspException;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.demangle.Demangler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The exception for which a C++ program aborts, as libstdc++ and libc++abi keep it: {@code __cxa_get_globals} leads to
 * the exceptions that are being handled in a thread, std::terminate included. Itanium C++ ABI: Exception Handling §2.2.
 * Nothing is called.
 */
final class CppTermination {
    private static final int FRAMES = 16;
    private static final int MOST_CHARACTERS = 500;
    /** Bytes from the stack pointer of std::terminate on: those of the two or three frames before it. */
    private static final int STACK_SEARCHED = 512;

    /**
     * std::terminate, what throws what nothing catches, and what ends a program whose exception would leave a noexcept
     * function.
     */
    private static final Set<String> TERMINATES =
            Set.of("_ZSt9terminatev", "_ZSt11__terminatePFvvE", "__cxa_throw", "__gxx_personality_v0");

    /** What a function leaves in them, those that it calls leave there too: psABI §3.2.1. */
    private static final List<AmdRegister> KEPT = List.of(
            AmdRegister.RBX, AmdRegister.RBP, AmdRegister.R12, AmdRegister.R13, AmdRegister.R14, AmdRegister.R15);

    private static final String TYPE_NAME = "typeinfo name for ";

    /** Of both, from an object that was thrown back to its type: the object is behind its __cxa_exception. */
    private static final int TYPE_BEFORE_OBJECT = 112;

    /**
     * A library's __cxa_exception.
     *
     * @param kind what the unwinder's part begins with, which has 1 in its lowest byte for an exception that was thrown
     *     again by an exception_ptr
     * @param unwindHeader where the unwinder's part is
     * @param first where one that was thrown again has the object of the first
     * @param bytes its length
     */
    private record Layout(long kind, int unwindHeader, int first, int bytes) {}

    private static final List<Layout> LAYOUTS = List.of(
            // "GNUCC++" and "CLNGC++"
            new Layout(0x474e_5543_432b_2b00L, 80, 0, 112), new Layout(0x434c_4e47_432b_2b00L, 96, 8, 128));

    /** Those that return the text that the object has behind its first word. */
    private static final Set<String> STORED_TEXT =
            Set.of("std::runtime_error::what() const", "std::logic_error::what() const");

    private final Payload payload;

    private CppTermination(Payload payload) {
        this.payload = payload;
    }

    /** {@code stop}, with the exception where that is why {@code thread} aborts. */
    static StopReason explained(StopReason stop, long thread, Payload payload) {
        boolean abort = stop instanceof StopReason.Signal s && s.signal() == LinuxSignal.SIGABRT.number();
        if (!abort) return stop;
        StopReason.Signal reason = (StopReason.Signal) stop;
        try {
            return new CppTermination(payload)
                    .exception(thread)
                    .<StopReason>map(what -> new StopReason.Signal(
                            reason.signal(),
                            reason.name(),
                            reason.description() + ": std::terminate after throwing " + what,
                            reason.faultAddress()))
                    .orElse(reason);
        } catch (UnreadableMemoryException | CorruptFileException | DebuggerException | RspException e) {
            // what is not all there is not shown
            return reason;
        }
    }

    private Optional<String> exception(long thread) throws UnreadableMemoryException {
        Terminating terminating = terminating(thread);
        if (terminating == null) return Optional.empty();
        OptionalLong object = object(handled(terminating.library(), thread));
        if (object.isEmpty()) object = thrown(terminating.frame());
        if (object.isEmpty()) return Optional.empty();
        return Optional.of(described(word(object.getAsLong() - TYPE_BEFORE_OBJECT), object.getAsLong()));
    }

    /** The object of the exception whose __cxa_exception is at {@code header}; empty when none is there. */
    private OptionalLong object(long header) throws UnreadableMemoryException {
        for (Layout layout : LAYOUTS) {
            OptionalLong kind = wordIfAny(header + layout.unwindHeader());
            if (kind.isEmpty()) continue;
            if (kind.getAsLong() == layout.kind()) return OptionalLong.of(header + layout.bytes());
            if (kind.getAsLong() == layout.kind() + 1) return OptionalLong.of(word(header + layout.first()));
        }
        return OptionalLong.empty();
    }

    /**
     * What a library throws that keeps its globals under a pthread key: the functions on the way to std::terminate have
     * the address of the exception, or of the unwinder's part of it, in a register or have saved it.
     */
    private OptionalLong thrown(Unwinder.Frame terminate) throws UnreadableMemoryException {
        Registers registers = terminate.registers();
        for (AmdRegister register : KEPT) {
            OptionalLong object = registers.has(register) ? objectNear(registers.get(register)) : OptionalLong.empty();
            if (object.isPresent()) return object;
        }
        long stack = registers.get(AmdRegister.RSP);
        for (int at = 0; at < STACK_SEARCHED; at += Long.BYTES) {
            OptionalLong object = objectNear(wordIfAny(stack + at).orElse(0));
            if (object.isPresent()) return object;
        }
        return OptionalLong.empty();
    }

    private OptionalLong objectNear(long address) throws UnreadableMemoryException {
        if (address == 0) return OptionalLong.empty();
        OptionalLong object = object(address);
        for (Layout layout : LAYOUTS) {
            if (object.isEmpty()) object = object(address - layout.unwindHeader());
        }
        return object;
    }

    /** A frame of std::terminate, or of what stands for it. */
    private record Terminating(LoadedImage library, Unwinder.Frame frame) {}

    private @Nullable Terminating terminating(long thread) {
        for (Unwinder.Frame frame : payload.walk(thread, FRAMES)) {
            LoadedImage image = payload.images().at(frame.pc()).orElse(null);
            if (image == null || frame.guess() != null) continue;
            Optional<ElfSymbol> symbol = image.symbols().symbolAt(frame.pc() - 1 - image.bias());
            if (symbol.filter(s -> TERMINATES.contains(s.name())).isPresent()) return new Terminating(image, frame);
        }
        return null;
    }

    /** The first word of __cxa_eh_globals: the exception that was caught last and is not done with; 0 for none. */
    private long handled(LoadedImage library, long thread) throws UnreadableMemoryException {
        for (ElfSymbol symbol : library.symbols().symbolsNamed("__cxa_get_globals_fast")) {
            if (symbol.section() == 0) continue;
            OptionalLong globals = new ThreadStorage(payload.target(), payload.images())
                    .returned(library, symbol.value() + library.bias(), payload.registers(thread));
            if (globals.isPresent()) return word(globals.getAsLong());
        }
        return 0;
    }

    private String described(long typeInfo, long object) throws UnreadableMemoryException {
        String mangled = text(word(typeInfo + 8));
        String name = Demangler.readable("_ZTS" + (mangled.startsWith("*") ? mangled.substring(1) : mangled));
        if (!name.startsWith(TYPE_NAME)) return "an exception of unknown type";
        String type = name.substring(TYPE_NAME.length());
        String more =
                stored(object).or(() -> value(type, object)).map(t -> ": " + t).orElse("");
        return CppNames.readable(type) + more;
    }

    /** What {@code what()} would return, where that is known to be what the object stores. */
    private Optional<String> stored(long object) {
        try {
            // two destructors stand before it: Itanium C++ ABI §2.5.2
            String what = payload.symbolName(word(word(object) + 16)).orElse("");
            return STORED_TEXT.contains(what.replace("@plt", ""))
                    ? Optional.of(text(word(object + 8)))
                    : Optional.empty();
        } catch (UnreadableMemoryException e) {
            return Optional.empty(); // an object without a virtual table
        }
    }

    private Optional<String> value(String name, long object) {
        // of these there may be several
        if (name.contains("(anonymous namespace)")) return Optional.empty();
        PayloadView view = new PayloadView(payload);
        Optional<Type> type = view.type(name);
        if (type.isEmpty()) return Optional.empty();
        ValueFormatter.Text text =
                new ValueFormatter(Languages.of(view)).text(Value.inMemory(type.get(), object), Style.PLAIN);
        return text.available() ? Optional.of(text.text()) : Optional.empty();
    }

    private long word(long address) throws UnreadableMemoryException {
        return payload.target().memory().readLong(address);
    }

    private OptionalLong wordIfAny(long address) {
        try {
            return OptionalLong.of(word(address));
        } catch (UnreadableMemoryException e) {
            return OptionalLong.empty(); // no address at all
        }
    }

    private String text(long address) throws UnreadableMemoryException {
        word(address & ~7L); // so that an address that leads nowhere is no text
        byte[] bytes = new byte[MOST_CHARACTERS];
        int length = payload.target().memory().read(address, bytes, 0, bytes.length);
        int end = 0;
        while (end < length && bytes[end] != 0) end++;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
