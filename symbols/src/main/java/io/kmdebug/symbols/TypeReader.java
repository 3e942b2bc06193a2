package io.kmdebug.symbols;

import io.kmdebug.machine.CorruptFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes {@link Type}s of entries, each once; what they refer to is read on first use. DWARF 5 §5. */
final class TypeReader {
    /** Typedefs, qualifiers and arrays around one another: more than this is a cycle. */
    private static final int MAX_WRAPPERS = 64;

    private final DwarfImage image;
    private final Map<DieRef, Type> known = new ConcurrentHashMap<>();

    TypeReader(DwarfImage image) {
        this.image = image;
    }

    DwarfImage image() {
        return image;
    }

    /** Never an exception: what cannot be read is an {@link UnspecifiedType} that says so. */
    Type at(DieRef ref) {
        return at(ref, 0);
    }

    /** @param depth how many types that need another one at once asked for this one */
    private Type at(DieRef ref, int depth) {
        Type type = known.get(ref);
        if (type != null) return type;
        if (depth > MAX_WRAPPERS) return cycle();
        try {
            type = read(ref.die(), depth + 1);
        } catch (CorruptFileException e) {
            image.note(ref.unit().describe(), e);
            type = new UnspecifiedType("<unreadable type>");
        }
        Type first = known.putIfAbsent(ref, type);
        return first == null ? type : first;
    }

    /** The type that DW_AT_type of {@code die}, or of what it completes, names; void for none. */
    Type of(Die die) {
        return of(die, 0);
    }

    private Type of(Die die, int depth) {
        Die holder = die.holder(Attribute.TYPE);
        if (holder == null) return UnspecifiedType.VOID;
        DieRef target = holder.target(Attribute.TYPE);
        return target == null ? elsewhere() : at(target, depth);
    }

    /** As {@link #of}, read on first use; {@code die} may have moved on by then. */
    Supplier<Type> later(Die die) {
        DieRef target = die.target(Attribute.TYPE);
        if (target != null) return () -> at(target);
        Type none = die.has(Attribute.TYPE) ? elsewhere() : UnspecifiedType.VOID;
        return () -> none;
    }

    private static Type elsewhere() {
        return new UnspecifiedType("<type in another file>");
    }

    private Type read(Die die, int depth) {
        // the definition stands in a type unit: DWARF 5 §5.7.1
        DieRef signature = die.has(Attribute.SIGNATURE) ? die.target(Attribute.SIGNATURE) : null;
        if (signature != null && !signature.die().has(Attribute.SIGNATURE)) return at(signature, depth);
        Type layout = layout(die, depth);
        return die.unit().isGo() ? GoTypes.of(this, die, layout) : layout;
    }

    private Type layout(Die die, int depth) {
        return switch (die.tag()) {
            case Tag.BASE_TYPE -> new BaseType(BasicTypes.spell(name(die, "?")), size(die), encoding(die));
            case Tag.UNSPECIFIED_TYPE -> new UnspecifiedType(name(die, "?"));
            case Tag.POINTER_TYPE -> new PointerType(PointerType.Kind.POINTER, later(die), ownName(die));
            case Tag.REFERENCE_TYPE -> new PointerType(PointerType.Kind.REFERENCE, later(die));
            case Tag.RVALUE_REFERENCE_TYPE -> new PointerType(PointerType.Kind.RVALUE_REFERENCE, later(die));
            case Tag.PTR_TO_MEMBER_TYPE -> pointerToMember(die);
            case Tag.STRUCTURE_TYPE -> composite(die, CompositeType.Kind.STRUCT);
            case Tag.UNION_TYPE -> composite(die, CompositeType.Kind.UNION);
            case Tag.CLASS_TYPE, Tag.INTERFACE_TYPE -> composite(die, CompositeType.Kind.CLASS);
            case Tag.ENUMERATION_TYPE -> enumeration(die, depth);
            case Tag.ARRAY_TYPE -> endless(die) ? cycle() : array(die);
            case Tag.TYPEDEF -> endless(die) ? cycle() : new TypedefType(readable(die), later(die));
            case Tag.CONST_TYPE -> wrapped(die, "const");
            case Tag.VOLATILE_TYPE -> wrapped(die, "volatile");
            case Tag.RESTRICT_TYPE -> wrapped(die, "restrict");
            case Tag.ATOMIC_TYPE -> wrapped(die, "_Atomic");
            case Tag.SUBROUTINE_TYPE, Tag.SUBPROGRAM -> function(die);
            case Tag.SUBRANGE_TYPE -> endless(die) ? cycle() : of(die, depth);
            default -> new UnspecifiedType("<type of unknown kind 0x" + Integer.toHexString(die.tag()) + ">");
        };
    }

    private Type wrapped(Die die, String qualifier) {
        return endless(die) ? cycle() : new QualifiedType(qualifier, later(die));
    }

    private static Type cycle() {
        return new UnspecifiedType("<type that contains itself>");
    }

    /** Whether the chain of wrappers from {@code die} on has no end: what asks for its size would not come back. */
    private static boolean endless(Die die) {
        Die at = die;
        for (int i = 0; i < MAX_WRAPPERS; i++) {
            switch (at.tag()) {
                case Tag.TYPEDEF,
                        Tag.CONST_TYPE,
                        Tag.VOLATILE_TYPE,
                        Tag.RESTRICT_TYPE,
                        Tag.ATOMIC_TYPE,
                        Tag.ARRAY_TYPE,
                        Tag.SUBRANGE_TYPE -> {}
                default -> {
                    return false;
                }
            }
            Die next = at.reference(Attribute.TYPE);
            if (next == null) return false;
            at = next;
        }
        return true;
    }

    private static String name(Die die, String otherwise) {
        String name = die.string(Attribute.NAME);
        return name == null ? otherwise : name;
    }

    private static String qualified(Die die) {
        String name = name(die, "?");
        return die.unit().qualifiesNames() ? Ancestors.qualify(die, name) : name;
    }

    private static String readable(Die die) {
        String name = qualified(die);
        return Language.of(die.unit().language()) == Language.CPP ? CppNames.readable(name) : name;
    }

    private static @Nullable String tagOf(Die die) {
        String name = die.name();
        return name == null || !die.unit().qualifiesNames() ? name : Ancestors.qualify(die, name);
    }

    private static long size(Die die) {
        long bits = die.constant(Attribute.BIT_SIZE, 0);
        return die.constant(Attribute.BYTE_SIZE, (bits + 7) / 8);
    }

    private static BaseType.Encoding encoding(Die die) {
        return switch ((int) die.constant(Attribute.ENCODING, 0)) {
            case 0x02 -> BaseType.Encoding.BOOLEAN;
            case 0x03 -> BaseType.Encoding.COMPLEX_FLOAT;
            case 0x04 -> BaseType.Encoding.FLOAT;
            case 0x05 -> BaseType.Encoding.SIGNED;
            case 0x06 -> BaseType.Encoding.SIGNED_CHAR;
            case 0x01, 0x07 -> BaseType.Encoding.UNSIGNED;
            case 0x08 -> BaseType.Encoding.UNSIGNED_CHAR;
            case 0x10, 0x11, 0x12 -> BaseType.Encoding.UTF;
            default -> BaseType.Encoding.OTHER;
        };
    }

    private Type pointerToMember(Die die) {
        DieRef owner = die.target(Attribute.CONTAINING_TYPE);
        return new MemberPointerType(later(die), () -> owner == null ? new UnspecifiedType("?") : at(owner));
    }

    private Type composite(Die die, CompositeType.Kind kind) {
        DieRef elsewhere = die.target(Attribute.SPECIFICATION);
        String tag = tagOf(die);
        DieRef self = new DieRef(die.unit(), die.offset());
        if (die.flag(Attribute.DECLARATION)) {
            Supplier<Optional<CompositeType>> definition = Lazily.of(() -> definition(kind, tag));
            return CompositeType.declared(kind, tag, new DwarfComposite(this, self, null), definition);
        }
        return CompositeType.defined(kind, tag, size(die), new DwarfComposite(this, self, elsewhere));
    }

    private Optional<CompositeType> definition(CompositeType.Kind kind, @Nullable String tag) {
        if (tag == null) return Optional.empty();
        // the index holds no declarations
        return image.names()
                .types(tag)
                .filter(type -> type instanceof CompositeType c && sameKind(c.kind(), kind) && !c.declared())
                .map(CompositeType.class::cast)
                .findFirst()
                .or(() -> StandardLayouts.of(tag));
    }

    /** C++ lets one declaration say struct and another class. */
    private static boolean sameKind(CompositeType.Kind a, CompositeType.Kind b) {
        return (a == CompositeType.Kind.UNION) == (b == CompositeType.Kind.UNION);
    }

    private Type enumeration(Die die, int depth) {
        Type underlying = of(die, depth).stripped();
        List<Type.Enumerator> enumerators = new ArrayList<>();
        boolean negative = false;
        Die child = die.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() != Tag.ENUMERATOR) continue;
            long value = child.constant(Attribute.CONST_VALUE, 0);
            int index = child.indexOf(Attribute.CONST_VALUE);
            boolean signedForm =
                    index >= 0 && (child.form(index) == Form.SDATA || child.form(index) == Form.IMPLICIT_CONST);
            negative |= signedForm && value < 0;
            enumerators.add(new Type.Enumerator(name(child, "?"), value));
        }
        long size = size(die);
        boolean signed = negative;
        if (die.has(Attribute.ENCODING)) signed = isSigned(encoding(die));
        else if (underlying instanceof BaseType base) signed = isSigned(base.encoding());
        long bytes = size == 0 ? underlying.byteSize() : size;
        if (signed) enumerators.replaceAll(e -> new Type.Enumerator(e.name(), signExtended(e.value(), bytes)));
        return new EnumType(
                tagOf(die),
                bytes,
                signed,
                List.copyOf(enumerators),
                Language.of(die.unit().language()));
    }

    /** Old versions of rustc write -1 of one byte as 255 in a form without a sign. */
    private static long signExtended(long value, long bytes) {
        if (bytes <= 0 || bytes >= 8) return value;
        long unused = 64 - bytes * 8;
        return value << unused >> unused;
    }

    private static boolean isSigned(BaseType.Encoding encoding) {
        return encoding == BaseType.Encoding.SIGNED || encoding == BaseType.Encoding.SIGNED_CHAR;
    }

    private Type array(Die die) {
        List<Die> dimensions = new ArrayList<>();
        Die child = die.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() == Tag.SUBRANGE_TYPE && dimensions.size() < MAX_WRAPPERS) dimensions.add(child.copy());
        }
        Supplier<Type> element = later(die);
        if (dimensions.isEmpty()) return new ArrayType(element, -1);
        for (int i = dimensions.size() - 1; i > 0; i--) {
            Type inner = dimension(element, dimensions.get(i));
            element = () -> inner;
        }
        return dimension(element, dimensions.get(0));
    }

    /** Rust names its pointers; elsewhere they are spelled as C does. */
    private static @Nullable String ownName(Die die) {
        return isRust(die) ? die.string(Attribute.NAME) : null;
    }

    private static boolean isRust(Die die) {
        return Language.of(die.unit().language()) == Language.RUST;
    }

    private static ArrayType dimension(Supplier<Type> element, Die subrange) {
        return new ArrayType(element, count(subrange), RunTimeCount.of(subrange), isRust(subrange));
    }

    /** Elements of one dimension; -1 when the bounds are absent or known at run time only. */
    private static long count(Die subrange) {
        int counted = subrange.indexOf(Attribute.COUNT);
        if (counted >= 0 && !subrange.isConstant(counted)) return -1;
        long count = subrange.constant(Attribute.COUNT, -1);
        if (count >= 0) return count;
        int upper = subrange.indexOf(Attribute.UPPER_BOUND);
        if (upper < 0 || !subrange.isConstant(upper)) return -1;
        long elements = subrange.constant(Attribute.UPPER_BOUND, 0) - subrange.constant(Attribute.LOWER_BOUND, 0) + 1;
        return elements < 0 ? -1 : elements;
    }

    private Type function(Die die) {
        boolean variadic = false;
        Die child = die.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() == Tag.UNSPECIFIED_PARAMETERS) variadic = true;
        }
        DieRef self = new DieRef(die.unit(), die.offset());
        return new FunctionType(later(die), Lazily.of(() -> parameters(self)), variadic);
    }

    private List<Type.Parameter> parameters(DieRef ref) {
        List<Type.Parameter> list = new ArrayList<>();
        try {
            Die die = ref.die();
            for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
                if (die.tag() == Tag.FORMAL_PARAMETER) list.add(new Type.Parameter(die.name(), of(die)));
            }
        } catch (CorruptFileException e) {
            image.note(ref.unit().describe(), e);
        }
        return List.copyOf(list);
    }
}
