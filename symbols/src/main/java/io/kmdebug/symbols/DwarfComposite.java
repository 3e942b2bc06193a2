package io.kmdebug.symbols;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the entry of a structure, union or class holds. DWARF 5 §5.7. */
final class DwarfComposite implements CompositeType.Contents {
    private static final int DW_OP_PLUS_UCONST = 0x23;
    private static final int DW_OP_CONSTU = 0x10;
    private static final int DW_OP_CONST1U = 0x08;
    private static final int DW_OP_LIT0 = 0x30;
    private static final int DW_OP_DUP = 0x12;
    private static final int DW_OP_DEREF = 0x06;
    private static final int DW_OP_MINUS = 0x1c;
    private static final int DW_OP_PLUS = 0x22;

    private final TypeReader types;
    private final DieRef self;
    /** The declaration that this entry completes; null for none. */
    private final @Nullable DieRef elsewhere;

    DwarfComposite(TypeReader types, DieRef self, @Nullable DieRef elsewhere) {
        this.types = types;
        this.self = self;
        this.elsewhere = elsewhere;
    }

    @Override
    public Language language() {
        return Language.of(self.unit().language());
    }

    @Override
    public List<CompositeType.Member> members() {
        List<CompositeType.Member> list = members(self);
        return list.isEmpty() && elsewhere != null ? members(elsewhere) : list;
    }

    @Override
    public List<StaticMember> staticMembers() {
        List<StaticMember> list = staticMembers(self);
        return list.isEmpty() && elsewhere != null ? staticMembers(elsewhere) : list;
    }

    /** Entries of variables, before DWARF 5 of members that are declared only. */
    private List<StaticMember> staticMembers(DieRef ref) {
        List<StaticMember> list = new ArrayList<>();
        try {
            Die die = ref.die();
            for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
                boolean shared = die.tag() == Tag.VARIABLE || (die.tag() == Tag.MEMBER && isDeclared(die));
                String name = shared ? die.string(Attribute.NAME) : null;
                if (name == null) continue;
                list.add(new StaticMember(new DieRef(die.unit(), die.offset()), name, Lazily.of(types.later(die))));
            }
        } catch (CorruptFileException e) {
            types.image().note(ref.unit().describe(), e);
        }
        return List.copyOf(list);
    }

    @Override
    public Optional<String> virtualFunction(long slot) {
        try {
            Optional<String> found = VirtualFunctions.at(slot, self.die());
            return found.isEmpty() && elsewhere != null ? VirtualFunctions.at(slot, elsewhere.die()) : found;
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
            return Optional.empty();
        }
    }

    private static boolean isDeclared(Die die) {
        return die.flag(Attribute.EXTERNAL) || die.flag(Attribute.DECLARATION);
    }

    @Override
    public List<CompositeType.TemplateArgument> templateArguments() {
        List<CompositeType.TemplateArgument> list = new ArrayList<>();
        try {
            addArguments(self.die(), list);
            if (list.isEmpty() && elsewhere != null) addArguments(elsewhere.die(), list);
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
        }
        return List.copyOf(list);
    }

    /** @param parent moved to its children */
    private void addArguments(Die parent, List<CompositeType.TemplateArgument> list) {
        for (boolean more = parent.toFirstChild(); more; more = parent.toSibling()) {
            switch (parent.tag()) {
                case Tag.TEMPLATE_TYPE_PARAMETER -> list.add(argument(parent, null, true));
                case Tag.TEMPLATE_VALUE_PARAMETER -> {
                    int value = parent.indexOf(Attribute.CONST_VALUE);
                    boolean known = value >= 0 && parent.isConstant(value);
                    list.add(argument(parent, known ? parent.constant(Attribute.CONST_VALUE, 0) : null, false));
                }
                case Tag.GNU_TEMPLATE_PARAMETER_PACK -> addArguments(parent.copy(), list);
                default -> {}
            }
        }
    }

    private CompositeType.TemplateArgument argument(Die die, @Nullable Long value, boolean isType) {
        return new CompositeType.TemplateArgument(
                die.string(Attribute.NAME), Lazily.of(types.later(die)), value, isType);
    }

    @Override
    public Optional<Type> nestedType(String name) {
        try {
            Optional<Type> found = nestedType(self.die(), name);
            return found.isEmpty() && elsewhere != null ? nestedType(elsewhere.die(), name) : found;
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
            return Optional.empty();
        }
    }

    @Override
    public long alignment() {
        try {
            long stated = self.die().constant(Attribute.ALIGNMENT, 0);
            boolean power = stated > 0 && stated <= 1 << 20 && Long.bitCount(stated) == 1;
            return power ? stated : 0;
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
            return 0;
        }
    }

    private Optional<Type> nestedType(Die die, String name) {
        for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
            switch (die.tag()) {
                case Tag.TYPEDEF, Tag.STRUCTURE_TYPE, Tag.CLASS_TYPE, Tag.UNION_TYPE, Tag.ENUMERATION_TYPE -> {
                    if (name.equals(die.string(Attribute.NAME))) {
                        return Optional.of(types.at(new DieRef(die.unit(), die.offset())));
                    }
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Type> containingType() {
        try {
            DieRef target = self.die().target(Attribute.CONTAINING_TYPE);
            return target == null ? Optional.empty() : Optional.of(types.at(target));
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
            return Optional.empty();
        }
    }

    @Override
    public Optional<VariantPart> variantPart() {
        try {
            Die die = self.die();
            for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
                if (die.tag() == Tag.VARIANT_PART) return Optional.of(variantPart(die.copy()));
            }
        } catch (CorruptFileException e) {
            types.image().note(self.unit().describe(), e);
        }
        return Optional.empty();
    }

    private VariantPart variantPart(Die part) {
        Die holder = part.reference(Attribute.DISCR);
        CompositeType.Member discriminant = holder == null ? null : member(holder, false);
        List<VariantPart.Variant> variants = new ArrayList<>();
        Die child = part.copy();
        for (boolean more = child.toFirstChild(); more; more = child.toSibling()) {
            if (child.tag() != Tag.VARIANT) continue;
            List<CompositeType.Member> members = new ArrayList<>();
            Die member = child.copy();
            for (boolean any = member.toFirstChild(); any; any = member.toSibling()) {
                if (member.tag() == Tag.MEMBER) members.add(member(member, false));
            }
            variants.add(new VariantPart.Variant(ranges(child), List.copyOf(members)));
        }
        return new VariantPart(discriminant, List.copyOf(variants));
    }

    private static List<VariantPart.Range> ranges(Die variant) {
        int single = variant.indexOf(Attribute.DISCR_VALUE);
        if (single >= 0 && variant.isConstant(single)) {
            long value = variant.constant(Attribute.DISCR_VALUE, 0);
            return List.of(new VariantPart.Range(value, value));
        }
        if (single >= 0 && variant.isBlock(single)) {
            // DW_FORM_data16: only the low half is compared
            Bytes wide = variant.block(single);
            long value = wide.length() >= 8 ? wide.u8(0) : 0;
            return List.of(new VariantPart.Range(value, value));
        }
        int listed = variant.indexOf(Attribute.DISCR_LIST);
        if (listed < 0 || !variant.isBlock(listed)) return List.of();
        List<VariantPart.Range> ranges = new ArrayList<>();
        Cursor in = new Cursor(variant.block(listed));
        while (!in.atEnd()) {
            boolean range = in.u1("discriminant descriptor") != 0;
            long low = in.uleb("discriminant");
            ranges.add(new VariantPart.Range(low, range ? in.uleb("discriminant") : low));
        }
        return List.copyOf(ranges);
    }

    private List<CompositeType.Member> members(DieRef ref) {
        List<CompositeType.Member> bases = new ArrayList<>();
        List<CompositeType.Member> fields = new ArrayList<>();
        try {
            Die die = ref.die();
            for (boolean more = die.toFirstChild(); more; more = die.toSibling()) {
                if (die.tag() == Tag.MEMBER && !isDeclared(die)) {
                    fields.add(member(die, false));
                } else if (die.tag() == Tag.INHERITANCE) {
                    if (isFixed(die)) bases.add(member(die, true));
                    else virtualBase(die).ifPresent(bases::add);
                }
            }
        } catch (CorruptFileException e) {
            types.image().note(ref.unit().describe(), e);
        }
        bases.addAll(fields);
        return List.copyOf(bases);
    }

    /** Where a virtual base lies depends on the object: its offset is computed from the virtual table. */
    private static boolean isFixed(Die die) {
        int index = die.indexOf(Attribute.DATA_MEMBER_LOCATION);
        return index < 0 || !die.isBlock(index) || simpleOffset(die.block(index)) >= 0;
    }

    /** {@code dup, deref, constant, minus, deref, plus}: what both compilers write. Others are not understood. */
    private Optional<CompositeType.Member> virtualBase(Die die) {
        Cursor in = new Cursor(die.block(die.indexOf(Attribute.DATA_MEMBER_LOCATION)));
        if (in.remaining() < 6 || in.u1("operation") != DW_OP_DUP || in.u1("operation") != DW_OP_DEREF) {
            return Optional.empty();
        }
        int constant = in.u1("operation");
        boolean literal = constant >= DW_OP_LIT0 && constant < DW_OP_LIT0 + 32;
        if (!literal && constant != DW_OP_CONSTU && constant != DW_OP_CONST1U) return Optional.empty();
        long slot = literal ? constant - DW_OP_LIT0 : constant == DW_OP_CONSTU ? in.uleb("offset") : in.u1("offset");
        boolean subtracted = in.remaining() == 3
                && in.u1("operation") == DW_OP_MINUS
                && in.u1("operation") == DW_OP_DEREF
                && in.u1("operation") == DW_OP_PLUS;
        if (!subtracted || slot <= 0 || slot > 1 << 20) return Optional.empty();
        Supplier<Type> type = Lazily.of(types.later(die));
        return Optional.of(new CompositeType.Member(die.string(Attribute.NAME), type, 0, 0, true, slot));
    }

    private CompositeType.Member member(Die die, boolean base) {
        int bitSize = (int) die.constant(Attribute.BIT_SIZE, 0);
        Supplier<Type> type = Lazily.of(types.later(die));
        long bitOffset = memberOffset(die) * 8;
        if (die.has(Attribute.DATA_BIT_OFFSET)) {
            bitOffset = die.constant(Attribute.DATA_BIT_OFFSET, 0);
        } else if (die.has(Attribute.BIT_OFFSET)) {
            // DWARF 2 and 3: counted from the most significant bit of a storage unit. DWARF 4 §5.5.6
            long unitBits = die.constant(Attribute.BYTE_SIZE, 0) * 8;
            if (unitBits == 0) unitBits = type.get().byteSize() * 8;
            bitOffset += unitBits - die.constant(Attribute.BIT_OFFSET, 0) - bitSize;
        }
        return new CompositeType.Member(die.string(Attribute.NAME), type, bitOffset, bitSize, base);
    }

    /** Bytes from the start of the object: a constant, or in DWARF 2 an expression that adds one. */
    private static long memberOffset(Die die) {
        int index = die.indexOf(Attribute.DATA_MEMBER_LOCATION);
        if (index < 0) return 0;
        if (die.isBlock(index)) return Math.max(0, simpleOffset(die.block(index)));
        return die.constant(Attribute.DATA_MEMBER_LOCATION, 0);
    }

    private static long simpleOffset(Bytes expression) {
        if (expression.length() < 2) return -1;
        Cursor in = new Cursor(expression);
        int operation = in.u1("operation");
        if (operation != DW_OP_PLUS_UCONST && operation != DW_OP_CONSTU) return -1;
        long offset = in.uleb("offset");
        boolean last = in.atEnd() || (operation == DW_OP_CONSTU && in.remaining() == 1);
        return last ? offset : -1;
    }
}
