package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TypeNamesTest {
    private static final Type INT = new BaseType("int", 4, BaseType.Encoding.SIGNED);
    private static final Type CHAR = new BaseType("char", 1, BaseType.Encoding.SIGNED_CHAR);

    private static Type constant(Type type) {
        return new QualifiedType("const", () -> type);
    }

    private static Type array(Type type, long count) {
        return new ArrayType(() -> type, count);
    }

    private static Type function(Type result, boolean variadic, Type... parameters) {
        List<Type.Parameter> list = java.util.Arrays.stream(parameters)
                .map(p -> new Type.Parameter(null, p))
                .toList();
        return new FunctionType(() -> result, () -> list, variadic);
    }

    @Test
    void pointersStandBehindTheirTarget() {
        assertThat(PointerType.to(CHAR).name()).isEqualTo("char *");
        assertThat(PointerType.to(PointerType.to(CHAR)).name()).isEqualTo("char **");
        assertThat(PointerType.to(UnspecifiedType.VOID).name()).isEqualTo("void *");
        assertThat(new PointerType(PointerType.Kind.REFERENCE, () -> INT).name())
                .isEqualTo("int &");
    }

    @Test
    void qualifiersStandWhereTheyBelong() {
        assertThat(PointerType.to(constant(CHAR)).name()).isEqualTo("const char *");
        assertThat(constant(PointerType.to(constant(CHAR))).name()).isEqualTo("const char *const");
        assertThat(PointerType.to(constant(PointerType.to(CHAR))).name()).isEqualTo("char *const *");
        assertThat(new QualifiedType("volatile", () -> constant(INT)).name()).isEqualTo("const volatile int");
        assertThat(constant(constant(INT)).name()).isEqualTo("const int");
    }

    @Test
    void arraysAndFunctionsBindCloserThanPointers() {
        assertThat(array(PointerType.to(CHAR), 3).name()).isEqualTo("char *[3]");
        assertThat(PointerType.to(array(CHAR, 3)).name()).isEqualTo("char (*)[3]");
        assertThat(array(array(INT, 4), 3).name()).isEqualTo("int [3][4]");
        assertThat(array(INT, -1).name()).isEqualTo("int []");
        assertThat(constant(array(constant(PointerType.to(CHAR)), 2)).name()).isEqualTo("char *const[2]");
        assertThat(function(INT, false).name()).isEqualTo("int (void)");
        assertThat(PointerType.to(function(INT, false)).name()).isEqualTo("int (*)(void)");
        assertThat(PointerType.to(function(INT, true, PointerType.to(constant(CHAR))))
                        .name())
                .isEqualTo("int (*)(const char *, ...)");
        Type handler = PointerType.to(function(UnspecifiedType.VOID, false, INT));
        assertThat(PointerType.to(function(handler, false, INT, handler)).name())
                .isEqualTo("void (*(*)(int, void (*)(int)))(int)");
        assertThat(constant(PointerType.to(function(INT, false))).name()).isEqualTo("int (*const)(void)");
        assertThat(array(PointerType.to(function(INT, false)), 2).name()).isEqualTo("int (*[2])(void)");
    }

    @Test
    void aTypeThatContainsItselfHasANameWithAnEnd() {
        Type[] self = new Type[1];
        Supplier<Type> loop = () -> self[0];
        self[0] = new PointerType(PointerType.Kind.POINTER, loop);
        assertThat(self[0].name()).contains("...");
        self[0] = new FunctionType(loop, () -> List.of(new Type.Parameter(null, self[0])), false);
        assertThat(self[0].name()).contains("...");
        self[0] = new QualifiedType("const", loop);
        assertThat(self[0].name()).contains("...");
    }

    @Test
    void basicTypesAreSpelledAsInSource() {
        assertThat(BasicTypes.spell("long unsigned int")).isEqualTo("unsigned long");
        assertThat(BasicTypes.spell("long long int")).isEqualTo("long long");
        assertThat(BasicTypes.spell("short unsigned int")).isEqualTo("unsigned short");
        assertThat(BasicTypes.spell("char")).isEqualTo("char");
        assertThat(BasicTypes.spell("signed char")).isEqualTo("signed char");
        assertThat(BasicTypes.spell("__int128 unsigned")).isEqualTo("unsigned __int128");
        assertThat(BasicTypes.spell("u32")).isEqualTo("u32");
    }
}
