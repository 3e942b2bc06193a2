package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.presentation.Languages;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.debugger.target.ThreadStorage;
import io.kmdebug.debugger.value.Style;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.debugger.value.ValueFormatter;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.UnreadableMemoryException;
import io.kmdebug.rsp.RspException;
import io.kmdebug.symbols.CppNames;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.demangle.Demangler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The exception for which a C++ program aborts, as libstdc++ keeps it: {@code __cxa_get_globals} leads to the exceptions
 * that are being handled in a thread, std::terminate included. Itanium C++ ABI: Exception Handling §2.2. Nothing is
 * called.
 */
final class CppTermination {
    private static final int FRAMES = 16;
    private static final int MOST_CHARACTERS = 500;
    /** std::terminate, and what ends a program whose exception would leave a noexcept function. */
    private static final Set<String> TERMINATES = Set.of("_ZSt9terminatev", "__gxx_personality_v0");

    private static final String TYPE_NAME = "typeinfo name for ";

    /** "GNUCC++", and in the lowest byte 0, or 1 for an exception that was thrown again by an exception_ptr. */
    private static final long GNU_CPP = 0x474e_5543_432b_2b00L;

    /** Where in a __cxa_exception the unwinder's part is, which begins with the kind. */
    private static final int UNWIND_HEADER = 80;

    /** Of a __cxa_exception, which begins with the type; the object is behind it. */
    private static final int HEADER_BYTES = 112;

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
        LoadedImage library = terminating(thread);
        if (library == null) return Optional.empty();
        long header = handled(library, thread);
        long kind = header == 0 ? 0 : word(header + UNWIND_HEADER) - GNU_CPP;
        if (header == 0 || (kind != 0 && kind != 1)) return Optional.empty();
        // one that was thrown again has, in the place of its type, the object of the first
        long object = kind == 0 ? header + HEADER_BYTES : word(header);
        return Optional.of(described(word(object - HEADER_BYTES), object));
    }

    /** The image whose std::terminate, or what stands for it, is on the stack; null for none. */
    private @Nullable LoadedImage terminating(long thread) {
        for (Unwinder.Frame frame : payload.walk(thread, FRAMES)) {
            LoadedImage image = payload.images().at(frame.pc()).orElse(null);
            if (image == null || frame.guess() != null) continue;
            Optional<ElfSymbol> symbol = image.symbols().symbolAt(frame.pc() - 1 - image.bias());
            if (symbol.filter(s -> TERMINATES.contains(s.name())).isPresent()) return image;
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

    private String text(long address) throws UnreadableMemoryException {
        word(address & ~7L); // so that an address that leads nowhere is no text
        byte[] bytes = new byte[MOST_CHARACTERS];
        int length = payload.target().memory().read(address, bytes, 0, bytes.length);
        int end = 0;
        while (end < length && bytes[end] != 0) end++;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
