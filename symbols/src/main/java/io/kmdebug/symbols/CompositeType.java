package io.kmdebug.symbols;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A structure, union or class. DWARF 5 §5.7. Whatever is in it is read on first use. */
public final class CompositeType implements Type {
    /** The keyword. */
    public enum Kind {
        STRUCT,
        UNION,
        CLASS
    }

    /**
     * A data member or base class.
     *
     * @param name null for an anonymous struct or union member
     * @param bitOffset bits from the start of the containing object
     * @param bitSize width of a bit field; 0 when it is no bit field
     * @param base whether this is a base class
     * @param virtualSlot of a virtual base class: how many bytes before the place that the object's first word points to
     *     its distance from the object stands (Itanium C++ ABI §2.5.2); 0 for everything else
     */
    public record Member(
            @Nullable String name,
            Supplier<Type> typeSupplier,
            long bitOffset,
            int bitSize,
            boolean base,
            long virtualSlot) {
        /** Anything but a virtual base class. */
        public Member(@Nullable String name, Supplier<Type> typeSupplier, long bitOffset, int bitSize, boolean base) {
            this(name, typeSupplier, bitOffset, bitSize, base, 0);
        }

        public Type type() {
            return typeSupplier.get();
        }

        /** Bytes from the start of the containing object to the byte in which the member starts. */
        public long byteOffset() {
            return bitOffset >> 3;
        }
    }

    /**
     * An argument of a template, or of a generic type. DWARF 5 §2.23. Those of a parameter pack follow one another.
     *
     * @param name of the parameter; null where the compiler leaves it out
     * @param typeSupplier the argument itself, or the type of {@code value}
     * @param value of a parameter that is no type; null for a type, and for a value that is no integer
     * @param isType whether the argument is a type
     */
    public record TemplateArgument(
            @Nullable String name,
            Supplier<Type> typeSupplier,
            @Nullable Long value,
            boolean isType) {
        public Type type() {
            return typeSupplier.get();
        }
    }

    /** Where the contents of a type come from; each question is asked once. */
    interface Contents {
        Language language();

        List<Member> members();

        List<TemplateArgument> templateArguments();

        /** Nested types and typedefs by their plain name. */
        Optional<Type> nestedType(String name);

        /** DW_AT_alignment in bytes; 0 where the source demands none. */
        long alignment();

        /** The part that has one form or another; empty for none. */
        default Optional<VariantPart> variantPart() {
            return Optional.empty();
        }

        /** The type whose virtual table this is the type of; empty for any other type. */
        default Optional<Type> containingType() {
            return Optional.empty();
        }

        /** Data members that all objects share. */
        default List<StaticMember> staticMembers() {
            return List.of();
        }

        /** The function at an index of the class's virtual table, by its linkage or plain name. */
        default Optional<String> virtualFunction(long slot) {
            return Optional.empty();
        }

        /** Nothing but members, of no language in particular. */
        static Contents of(Supplier<List<Member>> members) {
            return new Contents() {
                @Override
                public Language language() {
                    return Language.C;
                }

                @Override
                public List<Member> members() {
                    return members.get();
                }

                @Override
                public List<TemplateArgument> templateArguments() {
                    return List.of();
                }

                @Override
                public Optional<Type> nestedType(String name) {
                    return Optional.empty();
                }

                @Override
                public long alignment() {
                    return 0;
                }
            };
        }
    }

    private final Kind kind;
    private final @Nullable String tag;
    private final long byteSize;
    private final boolean declaration;
    private final Contents contents;
    private final Supplier<List<Member>> members;
    private final Supplier<List<TemplateArgument>> templateArguments;
    private final Supplier<Optional<VariantPart>> variantPart;
    private final Supplier<List<StaticMember>> staticMembers;
    private final Supplier<Optional<CompositeType>> definition;
    private volatile @Nullable String name;

    /** @param declaration DW_AT_declaration, and no definition was found: size and members are not known */
    public CompositeType(
            Kind kind, @Nullable String tag, long byteSize, boolean declaration, Supplier<List<Member>> members) {
        this(kind, tag, byteSize, declaration, Contents.of(members), Optional::empty);
    }

    private CompositeType(
            Kind kind,
            @Nullable String tag,
            long byteSize,
            boolean declaration,
            Contents contents,
            Supplier<Optional<CompositeType>> definition) {
        this.kind = kind;
        this.tag = tag;
        this.byteSize = byteSize;
        this.declaration = declaration;
        this.contents = contents;
        this.members = Lazily.of(contents::members);
        this.templateArguments = Lazily.of(contents::templateArguments);
        this.variantPart = Lazily.of(contents::variantPart);
        this.staticMembers = Lazily.of(contents::staticMembers);
        this.definition = definition;
    }

    static CompositeType defined(Kind kind, @Nullable String tag, long byteSize, Contents contents) {
        return new CompositeType(kind, tag, byteSize, false, contents, Optional::empty);
    }

    /** A declaration; the definition is looked for when size or members are asked for. */
    static CompositeType declared(
            Kind kind, @Nullable String tag, Contents contents, Supplier<Optional<CompositeType>> definition) {
        return new CompositeType(kind, tag, 0, true, contents, definition);
    }

    /** Whether the entry itself is a declaration, whatever is known from elsewhere. */
    boolean declared() {
        return declaration;
    }

    public Kind kind() {
        return kind;
    }

    /** The tag, or null for an anonymous type. */
    public @Nullable String tag() {
        return tag;
    }

    /** Of the unit that the type stands in. */
    public Language language() {
        return contents.language();
    }

    public boolean isDeclaration() {
        return declaration && definition.get().isEmpty();
    }

    /** This type, or where it is only declared and defined in another unit, that definition. */
    public CompositeType defined() {
        return declaration ? definition.get().orElse(this) : this;
    }

    /** In declaration order, base classes first. */
    public List<Member> members() {
        return declaration ? definition.get().map(CompositeType::members).orElseGet(members) : members.get();
    }

    /**
     * Data members that all objects of the class share, in declaration order; those of base classes are not among them.
     */
    public List<StaticMember> staticMembers() {
        return declaration
                ? definition.get().map(CompositeType::staticMembers).orElseGet(staticMembers)
                : staticMembers.get();
    }

    /**
     * The function that the class itself declares for an index of its virtual table, demangled where the compiler states
     * how it is mangled. Itanium C++ ABI §2.5.2.
     */
    public Optional<String> virtualFunction(long slot) {
        return defined().contents.virtualFunction(slot);
    }

    /** In the order of the parameters. */
    public List<TemplateArgument> templateArguments() {
        List<TemplateArgument> own = templateArguments.get();
        return own.isEmpty() && declaration
                ? definition.get().map(CompositeType::templateArguments).orElse(own)
                : own;
    }

    /** A type or typedef that is declared in this type, by its plain name: {@code value_type}. */
    public Optional<Type> nestedType(String name) {
        return declaration
                ? definition.get().flatMap(d -> d.nestedType(name)).or(() -> contents.nestedType(name))
                : contents.nestedType(name);
    }

    /** What the source demands with {@code alignas}, in bytes; 0 where it demands nothing. DWARF 5 §5.7.1. */
    public long alignment() {
        return defined().contents.alignment();
    }

    /** The part that has one form or another; empty for most types. DWARF 5 §5.7.10. */
    public Optional<VariantPart> variantPart() {
        Optional<VariantPart> own = variantPart.get();
        return own.isEmpty() && declaration ? definition.get().flatMap(CompositeType::variantPart) : own;
    }

    /** The type whose virtual table this is the type of (Rust); empty for any other type. */
    public Optional<Type> containingType() {
        return contents.containingType();
    }

    /** As people write it; {@link #tag} is as the compiler does. */
    @Override
    public String name() {
        String known = name;
        if (known == null) name = known = TypeNames.composite(this);
        return known;
    }

    @Override
    public long byteSize() {
        return declaration ? definition.get().map(CompositeType::byteSize).orElse(byteSize) : byteSize;
    }
}
