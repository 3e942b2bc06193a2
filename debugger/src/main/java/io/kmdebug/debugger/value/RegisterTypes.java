package io.kmdebug.debugger.value;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.BaseType.Encoding;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.util.ArrayList;
import java.util.List;

/** The types in which registers are shown; names of vector members as gdb has them. */
final class RegisterTypes {
    static final Type INT64 = new BaseType("long", 8, Encoding.SIGNED);
    static final Type INT32 = new BaseType("int", 4, Encoding.SIGNED);
    static final Type INT16 = new BaseType("short", 2, Encoding.SIGNED);
    static final Type INT8 = new BaseType("int8_t", 1, Encoding.SIGNED);
    static final Type CHAR = new BaseType("char", 1, Encoding.SIGNED_CHAR);
    static final Type CHAR16 = new BaseType("char16_t", 2, Encoding.UTF);
    static final Type CHAR32 = new BaseType("char32_t", 4, Encoding.UTF);
    static final Type UINT128 = new BaseType("uint128_t", 16, Encoding.UNSIGNED);
    static final Type X87 = new BaseType("i387_ext", 10, Encoding.FLOAT);
    static final Type DATA_POINTER = PointerType.to(UnspecifiedType.VOID);
    static final Type CODE_POINTER = PointerType.to(new FunctionType(() -> UnspecifiedType.VOID, List::of, false));
    static final EnumType EFLAGS = flags(
            "i386_eflags",
            new String[] {
                "CF", "", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF", "NT", "RF", "VM", "AC", "VIF", "VIP", "ID"
            },
            new int[] {0, 1, 2, 4, 6, 7, 8, 9, 10, 11, 14, 16, 17, 18, 19, 20, 21});
    static final EnumType MXCSR = flags(
            "i386_mxcsr",
            new String[] {"IE", "DE", "ZE", "OE", "UE", "PE", "DAZ", "IM", "DM", "ZM", "OM", "UM", "PM", "FZ"},
            new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15});
    static final Type XMM = vector(16);
    static final Type YMM = vector(32);

    private RegisterTypes() {}

    static boolean isFlagRegister(EnumType type) {
        return type.equals(EFLAGS) || type.equals(MXCSR);
    }

    private static EnumType flags(String name, String[] names, int[] bits) {
        List<Type.Enumerator> list = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            if (!names[i].isEmpty()) list.add(new Type.Enumerator(names[i], 1L << bits[i]));
        }
        return new EnumType(name, 4, false, List.copyOf(list), Language.C);
    }

    private static Type vector(int bytes) {
        List<CompositeType.Member> members = List.of(
                lanes("v" + bytes / 4 + "_float", new BaseType("float", 4, Encoding.FLOAT), bytes),
                lanes("v" + bytes / 8 + "_double", new BaseType("double", 8, Encoding.FLOAT), bytes),
                lanes("v" + bytes + "_int8", INT8, bytes),
                lanes("v" + bytes / 2 + "_int16", INT16, bytes),
                lanes("v" + bytes / 4 + "_int32", INT32, bytes),
                lanes("v" + bytes / 8 + "_int64", INT64, bytes),
                bytes == 16 ? member("uint128", UINT128) : lanes("v2_int128", UINT128, bytes));
        return new CompositeType(CompositeType.Kind.UNION, "vec" + bytes * 8, bytes, false, () -> members);
    }

    private static CompositeType.Member lanes(String name, Type lane, int bytes) {
        return member(name, new ArrayType(() -> lane, bytes / lane.byteSize()));
    }

    private static CompositeType.Member member(String name, Type type) {
        return new CompositeType.Member(name, () -> type, 0, 0, false);
    }
}
