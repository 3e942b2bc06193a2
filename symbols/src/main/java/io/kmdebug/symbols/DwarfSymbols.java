package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSymbol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@link Symbols} of an ELF file with or without DWARF. */
final class DwarfSymbols implements Symbols {
    private static final int MAX_DEPTH = 200;

    private final ElfFile file;
    private final CallFrameInfo callFrames;
    private final ElfSymbolTable elfSymbols;
    private final DwarfImage image;
    private final BreakpointPlaces places;
    private final Supplier<Optional<GoFunctions>> go;
    private final Supplier<GoRuntimeTypes> goTypes;
    private final Supplier<VirtualTables> virtualTables;

    DwarfSymbols(ElfFile file) {
        this(file, DebugFiles.ofSystem());
    }

    DwarfSymbols(ElfFile file, DebugFiles files) {
        DwarfSections sections = new DwarfSections(file, files);
        this.file = file;
        this.callFrames = new CallFrames(sections);
        this.elfSymbols = new ElfSymbolTable(file, sections::debugFile);
        this.image = new DwarfImage(sections, files);
        this.places = new BreakpointPlaces(this, image);
        this.go = Lazily.of(this::openGo);
        this.goTypes = Lazily.of(() -> GoRuntimeTypes.of(image));
        this.virtualTables = Lazily.of(() -> VirtualTables.of(image));
    }

    /** Where Go's own table has to stand in for debug information. */
    private Optional<GoFunctions> openGo() {
        if (!image.units().isEmpty()) return Optional.empty();
        try {
            GoLineTable table = GoLineTable.of(file);
            if (table == null) return Optional.empty();
            return Optional.of(new GoFunctions(table, GoInlineTree.of(file, elfSymbols, table)));
        } catch (CorruptFileException e) {
            image.note(".gopclntab", e);
            return Optional.empty();
        }
    }

    /** What Go's table says; a damaged place of it says nothing. */
    private <T> T fromGo(T nothing, Function<GoFunctions, T> question) {
        try {
            return go.get().map(question).orElse(nothing);
        } catch (CorruptFileException e) {
            image.note(".gopclntab", e);
            return nothing;
        }
    }

    @Override
    public ElfFile file() {
        return file;
    }

    @Override
    public String status() {
        List<Unit> units = image.units();
        String problems = problems();
        if (units.isEmpty()) {
            return withoutUnits() + go.get().map(table -> "; " + table.status()).orElse("") + problems;
        }
        Set<Integer> versions = new TreeSet<>();
        for (Unit unit : units) versions.add(unit.version());
        String version = versions.stream().map(String::valueOf).collect(Collectors.joining(" and "));
        String count = units.size() + (units.size() == 1 ? " unit" : " units");
        return "DWARF " + version + ", " + count + origin() + splitUnits(units) + problems;
    }

    private String origin() {
        ElfFile debug = image.sections().debugFile();
        return debug == file ? "" : " in " + debug.path();
    }

    private static String splitUnits(List<Unit> units) {
        long split = units.stream().filter(Unit::isSkeleton).count();
        return split == 0 ? "" : "; " + split + " of them continued in .dwo files";
    }

    private String withoutUnits() {
        if (hasDebugInfo()) return "no readable debug information";
        String missing = image.sections().missing();
        if (!missing.isEmpty() && !MiniDebugInfo.isIn(file)) return "no debug information: " + missing;
        boolean stripped = file.sections().stream().noneMatch(s -> s.name().equals(".symtab"));
        if (!stripped) return "no debug information: the program was compiled without -g";
        if (!MiniDebugInfo.isIn(file)) return "no debug information: the file is stripped";
        CorruptFileException problem = elfSymbols.problem();
        return "no debug information: the file is stripped"
                + (problem == null
                        ? "; its functions have names from " + MiniDebugInfo.SECTION
                        : "; cannot read " + MiniDebugInfo.SECTION + ": " + problem.getMessage());
    }

    private String problems() {
        var noted = image.problems();
        if (noted.isEmpty()) return "";
        var first = noted.entrySet().iterator().next();
        String more = noted.size() == 1 ? "" : " (and " + (noted.size() - 1) + " more)";
        return "; cannot read " + first.getKey() + ": " + first.getValue() + more;
    }

    @Override
    public boolean hasDebugInfo() {
        return DebugFiles.hasDwarf(image.sections().debugFile());
    }

    @Override
    public List<String> goPackages() {
        List<String> paths = new ArrayList<>();
        for (Unit unit : image.units()) {
            try {
                String name = unit.isGo() ? unit.rootDie().name() : null;
                if (name != null) paths.add(name);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return List.copyOf(paths);
    }

    @Override
    public Optional<Type> goTypeAt(long address) {
        return goTypes.get().at(address);
    }

    @Override
    public Optional<ElfSymbol> symbolAt(long pc) {
        return elfSymbols.at(pc);
    }

    @Override
    public List<ElfSymbol> symbolsNamed(String name) {
        return elfSymbols.named(name);
    }

    @Override
    public List<FunctionScope> scopesAt(long pc) {
        for (Unit unit : image.unitsAt(pc)) {
            try {
                List<Long> functions = unit.functions().at(pc);
                if (!functions.isEmpty()) return scopes(unit, functions.get(0), pc);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return fromGo(List.of(), table -> table.scopesAt(pc));
    }

    private List<FunctionScope> scopes(Unit unit, long offset, long pc) {
        List<FunctionScope> innermostFirst = new ArrayList<>();
        DieRef outer = new DieRef(unit, offset);
        innermostFirst.add(new DwarfFunction(this, outer, outer));
        Die die = outer.die();
        for (int depth = 0; depth < MAX_DEPTH && toChildAround(die, pc); depth++) {
            if (die.tag() != Tag.INLINED_SUBROUTINE) continue;
            innermostFirst.add(0, new DwarfFunction(this, new DieRef(unit, die.offset()), outer));
        }
        return List.copyOf(innermostFirst);
    }

    /** Moves {@code die} to its inlined function or block with code at {@code pc}. */
    private static boolean toChildAround(Die die, long pc) {
        for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
            switch (die.tag()) {
                case Tag.INLINED_SUBROUTINE, Tag.LEXICAL_BLOCK, Tag.TRY_BLOCK, Tag.CATCH_BLOCK -> {
                    if (RangeLists.contain(die, pc)) return true;
                }
                default -> {}
            }
        }
        return false;
    }

    @Override
    public List<FunctionScope> functionsNamed(String name) {
        if (go.get().isPresent()) return fromGo(List.of(), table -> table.named(name));
        Set<DieRef> found = functionsWithSymbols(name);
        Stream<DieRef> refs = found.isEmpty() ? image.names().functions(name).distinct() : found.stream();
        return refs.map(ref -> (FunctionScope) new DwarfFunction(this, ref, ref))
                .filter(function -> !function.ranges().isEmpty())
                .sorted((a, b) -> Long.compareUnsigned(a.entryPc(), b.entryPc()))
                .toList();
    }

    /** Functions of this name that the symbol table leads to: every one, if it leads to any. */
    private Set<DieRef> functionsWithSymbols(String name) {
        Set<DieRef> found = new LinkedHashSet<>();
        String last = NameIndex.lastPart(name);
        try {
            for (long address : FunctionSymbolSearch.candidates(elfSymbols.file(), CppNames.withoutArguments(last))) {
                for (Unit unit : image.unitsAt(address)) {
                    for (long offset : unit.functions().at(address)) {
                        DieRef ref = new DieRef(unit, offset);
                        if (NameIndex.isNamed(ref, name, last)) found.add(ref);
                    }
                }
            }
        } catch (CorruptFileException e) {
            image.note("symbol table", e);
            return Set.of();
        }
        return found;
    }

    @Override
    public List<FunctionScope> inlinedNamed(String name) {
        return new InlinedInstances(this, image).of(name);
    }

    @Override
    public long breakpointPc(FunctionScope function) {
        if (function instanceof GoFunction) {
            return fromGo(function.entryPc(), table -> table.breakpointPc(function.entryPc()));
        }
        return places.behindPrologue(function);
    }

    /** See {@link UnitContext#callSiteValue}. */
    Optional<UnitContext.DieLocation> callSiteValue(long returnPc, UnitContext.Passed what) {
        return image.callSiteValue(returnPc, what);
    }

    @Override
    public Optional<long[]> tailCalls(long entry) {
        for (FunctionScope scope : scopesAt(entry)) {
            if (scope.inlined() || scope.entryPc() != entry || !(scope instanceof DwarfFunction function)) continue;
            try {
                return Optional.of(CallSites.tailCalls(function.ref().die()));
            } catch (CorruptFileException e) {
                image.note(function.ref().unit().describe(), e);
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<LineRow> lineAt(long pc) {
        for (Unit unit : image.unitsAt(pc)) {
            try {
                Optional<LineRow> row = unit.lines().at(pc);
                if (row.isPresent()) return row;
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return fromGo(Optional.empty(), table -> table.lineAt(pc));
    }

    @Override
    public List<LineRow> rowsIn(AddressRange range) {
        if (go.get().isPresent()) return fromGo(List.of(), table -> table.rowsIn(range));
        Set<LineRow> rows = new LinkedHashSet<>();
        for (Unit unit : image.unitsIn(range)) {
            try {
                rows.addAll(unit.lines().in(range));
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return rows.stream()
                .sorted((a, b) -> Long.compareUnsigned(a.address(), b.address()))
                .toList();
    }

    @Override
    public List<LineRow> breakpointRows(String path, int line) {
        if (go.get().isPresent()) return fromGo(List.of(), table -> table.breakpointRows(new SourcePath(path), line));
        return places.rowsOf(new SourcePath(path), line);
    }

    @Override
    public List<SourceFile> sourceFiles() {
        if (go.get().isPresent()) return fromGo(List.of(), GoFunctions::sourceFiles);
        Set<SourceFile> files = new LinkedHashSet<>();
        for (Unit unit : image.units()) {
            try {
                files.addAll(unit.lines().files());
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return List.copyOf(files);
    }

    @Override
    public Optional<String> embeddedSource(String path) {
        SourcePath wanted = new SourcePath(path);
        for (Unit unit : image.units()) {
            try {
                LineHeader header = unit.lineHeader();
                Optional<String> text = header == null ? Optional.empty() : header.embeddedSource(wanted);
                if (text.isPresent()) return text;
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
        }
        return Optional.empty();
    }

    @Override
    public List<VariableSymbol> globalsAt(long pc) {
        List<VariableSymbol> out = new ArrayList<>();
        for (Unit unit : image.unitsAt(pc)) {
            try {
                globals(unit.rootDie(), out, new HashSet<>(), 0);
            } catch (CorruptFileException e) {
                image.note(unit.describe(), e);
            }
            if (!out.isEmpty()) break;
        }
        return List.copyOf(out);
    }

    /** @param imported units that were imported so far: each counts once, and they may import each other */
    private void globals(Die parent, List<VariableSymbol> out, Set<DieRef> imported, int depth) {
        if (depth > MAX_DEPTH) return;
        Die child = parent.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            switch (child.tag()) {
                case Tag.VARIABLE -> {
                    DwarfVariable variable = child.flag(Attribute.DECLARATION) ? null : global(child);
                    if (variable != null) out.add(variable);
                }
                case Tag.NAMESPACE, Tag.MODULE -> globals(child, out, imported, depth + 1);
                case Tag.IMPORTED_UNIT -> {
                    DieRef target = child.target(Attribute.IMPORT);
                    if (target != null && imported.add(target)) globals(target.die(), out, imported, depth + 1);
                }
                default -> {}
            }
        }
    }

    private @Nullable DwarfVariable global(Die die) {
        Die holder = die.holder(Attribute.NAME);
        String name = holder == null ? null : holder.string(Attribute.NAME);
        if (holder == null || name == null) return null;
        String qualified = holder.unit().qualifiesNames() ? Ancestors.qualify(holder, name) : name;
        return new DwarfVariable(this, die, qualified, true, null);
    }

    @Override
    public List<VariableSymbol> globalsNamed(String name) {
        List<VariableSymbol> found = new ArrayList<>();
        List<VariableSymbol> placed = new ArrayList<>();
        for (DieRef ref : image.names().variables(name).distinct().toList()) {
            try {
                DwarfVariable variable = global(ref.die());
                if (variable == null) continue;
                found.add(variable);
                if (variable.isPlaced()) placed.add(variable);
            } catch (CorruptFileException e) {
                image.note(ref.unit().describe(), e);
            }
        }
        // link-time optimisation leaves an abstract variable in one unit and says in another where it is
        return List.copyOf(placed.isEmpty() ? found : placed);
    }

    @Override
    public Optional<VariableSymbol> staticMember(StaticMember member) {
        return new StaticMembers(this, image).variable(member);
    }

    /** Where the object that {@code declaration} only declares is defined: in another unit or without DWARF. */
    Location locateDefinition(String name, DieRef declaration, FrameContext frame) {
        for (VariableSymbol symbol : globalsNamed(name)) {
            if (symbol instanceof DwarfVariable v && !v.ref().equals(declaration)) return v.locate(frame);
        }
        return locateObject(name, frame)
                .orElseGet(() -> new Location.Missing("declared here but not defined in this program image"));
    }

    /** Where the linker's symbol says that an object of this name is: one name of several that an object has. */
    Optional<Location> locateObject(String name, FrameContext frame) {
        for (ElfSymbol symbol : symbolsNamed(name)) {
            if (symbol.type() == ElfSymbol.STT_OBJECT && symbol.section() != 0) {
                long address = frame.threadLocals().moved(symbol.value() + frame.loadBias());
                return Optional.of(new Location.InMemory(address));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Type> typeNamed(String name) {
        if (image.sections().isGo()) {
            // C has other sizes for some of the names
            Optional<Type> go = image.names()
                    .types(name)
                    .filter(type -> GoType.of(type) != null)
                    .findFirst();
            if (go.isPresent()) return go;
        }
        if (name.indexOf('<') >= 0 || name.startsWith("::") || name.indexOf('(') >= 0) return anyNamed(name.trim());
        List<String> words = new ArrayList<>();
        for (String word : name.trim().split("\\s+", -1)) {
            if (!word.equals("const") && !word.equals("volatile")) words.add(word);
        }
        if (words.equals(List.of("void"))) return Optional.of(UnspecifiedType.VOID);
        Optional<BaseType> basic = BasicTypes.of(words);
        if (basic.isPresent()) return Optional.of(basic.get());
        if (words.size() == 2) return tagged(words.get(0), words.get(1));
        return words.size() == 1 ? anyNamed(words.get(0)) : Optional.empty();
    }

    private Optional<Type> tagged(String keyword, String tag) {
        return image.names()
                .types(tag)
                .filter(type -> switch (keyword) {
                    case "struct", "class" -> type instanceof CompositeType c && c.kind() != CompositeType.Kind.UNION;
                    case "union" -> type instanceof CompositeType c && c.kind() == CompositeType.Kind.UNION;
                    case "enum" -> type instanceof EnumType;
                    default -> false;
                })
                .findFirst();
    }

    /** A typedef or base type before a tag, as C would have it. */
    private Optional<Type> anyNamed(String name) {
        List<Type> found = image.names().types(name).toList();
        Optional<Type> ordinary = found.stream()
                .filter(type -> type instanceof TypedefType || type instanceof BaseType)
                .findFirst();
        return ordinary.isPresent() ? ordinary : found.stream().findFirst();
    }

    @Override
    public List<EnumType> enumerationsWith(String enumerator) {
        Set<EnumType> found = new LinkedHashSet<>();
        for (DieRef ref : image.names().enumerators(enumerator).toList()) {
            try {
                List<Die> around = Ancestors.of(ref.die());
                if (around.isEmpty()) continue;
                Die parent = around.get(0);
                TypeReader types = parent.unit().image().types();
                if (types.at(new DieRef(parent.unit(), parent.offset())) instanceof EnumType type) found.add(type);
            } catch (CorruptFileException e) {
                image.note(ref.unit().describe(), e);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public Optional<Macro> macro(String name, long pc, @Nullable FunctionScope function) {
        for (Unit unit : image.unitsAt(pc)) {
            MacroTable macros = unit.macros();
            if (macros == MacroTable.EMPTY) continue;
            FunctionScope inner = function == null ? null : inlinedInto(function, pc);
            LineRow row = inner == null ? lineAt(pc).orElse(null) : null;
            SourceFile file = inner != null ? inner.callFile() : row == null ? null : row.file();
            int line = inner != null ? inner.callLine() : row == null ? 0 : row.line();
            if (name.equals("__LINE__") && line > 0) return Optional.of(Macro.constant(name, String.valueOf(line)));
            if (name.equals("__FILE__") && file != null) {
                return Optional.of(Macro.constant(name, '"' + file.path() + '"'));
            }
            return Optional.ofNullable(macros.find(name, file, line == 0 ? Integer.MAX_VALUE : line));
        }
        return Optional.empty();
    }

    /** The instance with code at {@code pc} that {@code function} has the call of; null when that is its own code. */
    private @Nullable FunctionScope inlinedInto(FunctionScope function, long pc) {
        FunctionScope inner = null;
        for (FunctionScope scope : scopesAt(pc)) {
            boolean same = scope.inlined() == function.inlined()
                    && scope.name().equals(function.name())
                    && scope.ranges().equals(function.ranges());
            if (same) return inner;
            inner = scope;
        }
        return null;
    }

    @Override
    public Optional<Type> virtualTableOwner(long address) {
        return virtualTables.get().owner(address);
    }

    @Override
    public CallFrameInfo callFrames() {
        return callFrames;
    }
}
