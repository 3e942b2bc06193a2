package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.value.NotInitialised;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Scalars;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.VariantPart;

/** Enumerations with data: the form that the discriminant, or the niche in which it hides, selects. */
final class RustEnum {
    private RustEnum() {}

    /** Of a type with a variant part. */
    static Presentation of(Part part) {
        VariantPart forms = ((CompositeType) part.type()).variantPart().orElseThrow();
        VariantPart.Variant form = selected(part, forms);
        if (form.members().isEmpty()) return new RustStruct("", part);
        CompositeType.Member member = form.members().get(0);
        Part fields = RustParts.member(part, member);
        String name = member.name() == null ? RustName.last(fields.type().name()) : member.name();
        boolean transparent = RustName.path(part.type().name()).equals("alloc::borrow::Cow");
        if (!(fields.type() instanceof CompositeType c)) return new RustWrapper(fields.value());
        if (transparent && c.members().size() == 1) {
            return new RustWrapper(RustParts.member(fields, c.members().get(0)).value());
        }
        return new RustStruct(name, fields);
    }

    /** The fields of the form that an object has now. */
    static Part fields(Part part) {
        VariantPart forms = ((CompositeType) part.type()).variantPart().orElseThrow();
        VariantPart.Variant form = selected(part, forms);
        return form.members().isEmpty()
                ? part
                : RustParts.member(part, form.members().get(0));
    }

    private static VariantPart.Variant selected(Part part, VariantPart forms) {
        long number = 0;
        int bytes = 8;
        boolean signed = false;
        CompositeType.Member discriminant = forms.discriminant();
        if (discriminant != null) {
            Part tag = RustParts.member(part, discriminant);
            number = tag.number();
            bytes = (int) Math.min(8, tag.type().byteSize());
            signed = Scalars.isSigned(tag.type());
        }
        VariantPart.Variant form = forms.selected(number, bytes, signed);
        if (form == null) throw new NotInitialised("no form has the discriminant " + number);
        return form;
    }
}
