package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Presentations;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.debugger.value.SharedMembers;
import io.kmdebug.debugger.value.Storage;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.Macro;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.SourceFile;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.Unwinder;
import io.kmdebug.symbols.VariableSymbol;
import io.kmdebug.symbols.demangle.Demangler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The names that are visible in one frame, or without a frame: its blocks, its function, its image, all images. */
public final class FrameScope implements EvaluationScope {
    private static final Type INT = new BaseType("int", 4, BaseType.Encoding.SIGNED);

    /**
     * A frame to look from.
     *
     * @param function the function or inlined instance; null where there is no debug information
     * @param image the image that holds the code, or null
     * @param lookupPc link-time pc; one less than the return address for a frame that called another
     */
    public record Frame(
            FrameContext context, @Nullable FunctionScope function, Unwinder.@Nullable Image image, long lookupPc) {}

    private final List<Unwinder.Image> images;
    private final ThreadView thread;
    private final @Nullable Frame frame;
    private final @Nullable Registers registers;
    private final MemoryReader memory;
    private final @Nullable TargetWriter writer;
    private final @Nullable Presentations presentations;
    private final Supplier<Optional<byte[]>> signalInfo;

    /**
     * @param images all of the payload; those of the frame are looked at first
     * @param thread that is looked at
     * @param frame null for none: then only globals and {@code registers} are visible
     * @param registers of the frame or thread; null for none
     * @param writer null where nothing may be changed
     */
    public FrameScope(
            List<Unwinder.Image> images,
            ThreadView thread,
            @Nullable Frame frame,
            @Nullable Registers registers,
            MemoryReader memory,
            @Nullable TargetWriter writer) {
        this.images = frame == null || frame.image() == null ? images : withFirst(images, frame.image());
        this.thread = thread;
        this.frame = frame;
        this.registers = registers;
        this.memory = memory;
        this.writer = writer;
        this.presentations = null;
        this.signalInfo = Optional::empty;
    }

    private FrameScope(FrameScope other, Presentations presentations, Supplier<Optional<byte[]>> signalInfo) {
        this.images = other.images;
        this.thread = other.thread;
        this.frame = other.frame;
        this.registers = other.registers;
        this.memory = other.memory;
        this.writer = other.writer;
        this.presentations = presentations;
        this.signalInfo = signalInfo;
    }

    /**
     * This scope, with what values stand for and the signal that stopped the thread.
     *
     * @param signalInfo gives the 128 bytes of siginfo_t
     */
    public FrameScope with(Presentations presentations, Supplier<Optional<byte[]>> signalInfo) {
        return new FrameScope(this, presentations, signalInfo);
    }

    private static List<Unwinder.Image> withFirst(List<Unwinder.Image> images, Unwinder.Image first) {
        List<Unwinder.Image> ordered = new ArrayList<>(images.size() + 1);
        ordered.add(first);
        for (Unwinder.Image image : images) if (!image.equals(first)) ordered.add(image);
        return List.copyOf(ordered);
    }

    @Override
    public Language language() {
        FunctionScope function = frame == null ? null : frame.function();
        return function == null ? Language.OTHER : function.language();
    }

    @Override
    public Optional<String> functionName() {
        FunctionScope function = frame == null ? null : frame.function();
        return Optional.ofNullable(function).map(FunctionScope::name);
    }

    @Override
    public Optional<Value> variable(String name) {
        return local(name).or(() -> memberOfThis(name)).or(() -> global(name)).or(() -> ofFunction(name));
    }

    private Optional<Value> local(String name) {
        Frame here = frame;
        if (here == null || here.function() == null) return Optional.empty();
        FunctionScope function = here.function();
        for (VariableSymbol v : function.localsAt(here.lookupPc())) {
            if (v.name().equals(name)) return Optional.of(Value.of(v, here.context()));
        }
        for (VariableSymbol v : function.parameters()) {
            if (v.name().equals(name)) return Optional.of(Value.of(v, here.context()));
        }
        return Optional.empty();
    }

    /** In a member function of C++ the members of its object are seen by their own names. */
    private Optional<Value> memberOfThis(String name) {
        if (language() != Language.CPP) return Optional.empty();
        return self().flatMap(object -> object.type().stripped() instanceof CompositeType c
                ? Places.member(object, c, name, this)
                : Optional.empty());
    }

    private Optional<Value> self() {
        Value self = local("this").orElse(null);
        if (self == null || !(self.type().stripped() instanceof PointerType pointer)) return Optional.empty();
        if (self.storage() instanceof Storage.PointerTo t) {
            return Optional.of(new Value(pointer.target(), t.target(), t.byteOffset() * 8, 0));
        }
        Value.Contents contents = self.read(memory);
        if (contents instanceof Value.Unavailable u) {
            return Optional.of(Value.unavailable(pointer.target(), u.reason()));
        }
        long address =
                Scalars.integer(((Value.Available) contents).bytes(), false).longValue();
        return Optional.of(Value.inMemory(pointer.target(), address));
    }

    @Override
    public Optional<Value> staticMember(StaticMember member) {
        return Optional.of(SharedMembers.value(member, images, memory, thread::threadLocals));
    }

    /** Those of the scopes around the function first, then of its unit, of its image, of all. */
    private Optional<Value> global(String name) {
        Frame here = frame;
        if (here != null && here.image() != null) {
            Unwinder.Image image = here.image();
            for (String qualified : inScopes(name)) {
                List<VariableSymbol> found = image.symbols().globalsNamed(qualified);
                if (!found.isEmpty()) return Optional.of(global(found.get(0), image));
            }
            for (VariableSymbol v : image.symbols().globalsAt(here.lookupPc())) {
                if (v.name().equals(name)) return Optional.of(global(v, image));
            }
        }
        for (Unwinder.Image image : images) {
            List<VariableSymbol> found = image.symbols().globalsNamed(name);
            if (!found.isEmpty()) return Optional.of(global(found.get(0), image));
        }
        return name.equals("errno") ? errno() : Optional.empty();
    }

    /** C has it as a macro, so that most debug information does not know it. */
    private Optional<Value> errno() {
        OptionalLong address = thread.errno();
        return address.isPresent() ? Optional.of(Value.inMemory(INT, address.getAsLong())) : Optional.empty();
    }

    /** {@code name} as it is called within each of the scopes around the function, innermost first. */
    private List<String> inScopes(String name) {
        FunctionScope function = frame == null ? null : frame.function();
        if (function == null || name.startsWith("::") || !function.language().hasNamespaces()) return List.of();
        List<String> names = new ArrayList<>();
        for (String scope : ScopePath.around(function.name())) names.add("::" + scope + "::" + name);
        return names;
    }

    /** {@code function::variable}: a static one, or any of the function that is looked at. */
    private Optional<Value> ofFunction(String name) {
        int separator = ScopePath.lastSeparator(name);
        if (separator <= 0) return Optional.empty();
        String variable = name.substring(separator + 2);
        Frame here = frame;
        for (Unwinder.Image image : images) {
            for (FunctionScope function : functions(image, name.substring(0, separator))) {
                List<VariableSymbol> all = new ArrayList<>(function.parameters());
                all.addAll(function.allLocals());
                for (VariableSymbol v : all) {
                    if (!v.name().equals(variable)) continue;
                    if (v.isStatic()) return Optional.of(global(v, image));
                    if (here != null && function.equals(here.function())) {
                        return Optional.of(Value.of(v, here.context()));
                    }
                    throw new DebuggerException("\"" + variable + "\" lives only while " + function.name()
                            + " runs; look from a frame of that function");
                }
            }
        }
        return Optional.empty();
    }

    private List<FunctionScope> functions(Unwinder.Image image, String name) {
        for (String qualified : inScopes(name)) {
            List<FunctionScope> found = image.symbols().functionsNamed(qualified);
            if (!found.isEmpty()) return found;
        }
        List<FunctionScope> found = image.symbols().functionsNamed(name);
        return found.isEmpty() ? image.symbols().inlinedNamed(name) : found;
    }

    private Value global(VariableSymbol variable, Unwinder.Image image) {
        return Value.of(variable, FrameContext.ofImage(memory, image.loadBias(), thread.threadLocals(image)));
    }

    @Override
    public Optional<Value> inFile(String file, String name) {
        for (Unwinder.Image image : images) {
            for (VariableSymbol v : image.symbols().globalsNamed(name)) {
                if (isIn(v.declarationFile(), file)) return Optional.of(global(v, image));
            }
            for (FunctionScope f : image.symbols().functionsNamed(name)) {
                if (isIn(f.declarationFile(), file)) {
                    return Optional.of(Value.inMemory(typeOf(f), f.entryPc() + image.loadBias()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isIn(@Nullable SourceFile declared, String file) {
        if (declared == null) return false;
        return declared.path().equals(file) || declared.path().endsWith("/" + file);
    }

    @Override
    public List<String> namesInSight() {
        List<String> names = new ArrayList<>();
        Frame here = frame;
        if (here == null) return names;
        FunctionScope function = here.function();
        if (function != null) {
            function.localsAt(here.lookupPc()).forEach(v -> names.add(v.name()));
            function.parameters().forEach(v -> names.add(v.name()));
            if (function.language() == Language.CPP) self().ifPresent(s -> names.addAll(Places.memberNames(s.type())));
        }
        if (here.image() != null) {
            here.image().symbols().globalsAt(here.lookupPc()).forEach(v -> names.add(v.name()));
        }
        return names;
    }

    @Override
    public Optional<NamedFunction> function(String name) {
        for (Unwinder.Image image : images) {
            List<FunctionScope> found = image.equals(images.get(0))
                    ? functions(image, name)
                    : image.symbols().functionsNamed(name);
            for (FunctionScope function : found) {
                if (function.inlined()) continue;
                return Optional.of(new NamedFunction(name, function.entryPc() + image.loadBias(), typeOf(function)));
            }
        }
        return symbol(name, ElfSymbol::isFunction)
                .map(s -> new NamedFunction(name, s.address(), new FunctionType(() -> INT, List::of, true)));
    }

    private static FunctionType typeOf(FunctionScope function) {
        return new FunctionType(
                function::returnType,
                () -> function.parameters().stream()
                        .map(p -> new Type.Parameter(p.name(), p.type()))
                        .toList(),
                false);
    }

    @Override
    public Optional<LinkerObject> linkerObject(String name) {
        return symbol(name, s -> !s.isFunction() && s.type() != ElfSymbol.STT_TLS);
    }

    private Optional<LinkerObject> symbol(String name, Predicate<ElfSymbol> wanted) {
        for (Unwinder.Image image : images) {
            for (ElfSymbol s : image.symbols().symbolsNamed(name)) {
                if (s.section() == 0 || !wanted.test(s)) continue;
                return Optional.of(new LinkerObject(name, s.value() + image.loadBias(), s.size()));
            }
        }
        return Optional.empty();
    }

    @Override
    public List<String> packages() {
        List<String> paths = new ArrayList<>();
        for (Unwinder.Image image : images) paths.addAll(image.symbols().goPackages());
        return paths;
    }

    @Override
    public Optional<Type> type(String name) {
        if (!images.isEmpty() && name.indexOf(' ') < 0) {
            for (String qualified : inScopes(name)) {
                Optional<Type> found = images.get(0).symbols().typeNamed(qualified);
                if (found.isPresent()) return found;
            }
        }
        for (Unwinder.Image image : images) {
            Optional<Type> found = image.symbols().typeNamed(name);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    @Override
    public Optional<EnumType> enumeratorsWith(String name) {
        Optional<EnumType> near = TypesInReach.enumerationWith(name, roots());
        if (near.isPresent()) return near;
        for (Unwinder.Image image : images) {
            List<EnumType> found = image.symbols().enumerationsWith(name);
            if (!found.isEmpty()) return Optional.of(found.get(0));
        }
        return Optional.empty();
    }

    @Override
    public Optional<CompositeType> templateInReach(String start) {
        return TypesInReach.templateNamed(start, roots());
    }

    /** Types that what is in sight has. */
    private List<Type> roots() {
        List<Type> roots = new ArrayList<>();
        Frame here = frame;
        if (here != null && here.function() != null) {
            here.function().localsAt(here.lookupPc()).forEach(v -> roots.add(v.type()));
            here.function().parameters().forEach(v -> roots.add(v.type()));
            roots.add(here.function().returnType());
        }
        if (here != null && here.image() != null) {
            here.image().symbols().globalsAt(here.lookupPc()).forEach(v -> roots.add(v.type()));
        }
        return roots;
    }

    @Override
    public Optional<Macro> macro(String name) {
        Frame here = frame;
        if (here == null || here.image() == null) return Optional.empty();
        return here.image().symbols().macro(name, here.lookupPc(), here.function());
    }

    @Override
    public Optional<Registers> registers() {
        return Optional.ofNullable(registers);
    }

    @Override
    public Optional<Presentation> presentation(Value value) {
        return presentations == null ? Optional.empty() : presentations.of(value);
    }

    @Override
    public Optional<String> symbol(long address) {
        for (Unwinder.Image image : images) {
            Optional<ElfSymbol> found = image.symbols().symbolAt(address - image.loadBias());
            if (found.isPresent()) return found.map(s -> Demangler.readable(s.name()));
        }
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> signalInfo() {
        return signalInfo.get();
    }

    @Override
    public MemoryReader memory() {
        return memory;
    }

    @Override
    public Optional<TargetWriter> writer() {
        return Optional.ofNullable(writer);
    }
}
