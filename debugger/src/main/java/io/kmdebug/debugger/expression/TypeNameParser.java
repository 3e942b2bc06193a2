package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.FunctionType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.QualifiedType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Type names: {@code unsigned long}, {@code struct x *}, {@code int (*)[3]}. C17 §6.7.7. */
final class TypeNameParser {
    private static final int MAX_DEPTH = 50;
    private static final long MAX_BYTES = 1L << 62;
    private static final Set<String> KEYWORDS = Set.of("struct", "union", "enum", "class");
    private static final Set<String> QUALIFIERS = Set.of("const", "volatile", "restrict", "_Atomic");
    private static final Set<String> TYPEOF = Set.of("typeof", "__typeof__", "__typeof", "decltype");
    private static final Set<String> WORDS = Set.of(
            "void",
            "char",
            "short",
            "int",
            "long",
            "float",
            "double",
            "signed",
            "unsigned",
            "_Bool",
            "_Complex",
            "__int128");
    private static final Map<String, BaseType> BASES = new HashMap<>();

    static {
        base(CTypes.CHAR, "char");
        base(CTypes.SIGNED_CHAR, "char signed");
        base(CTypes.UNSIGNED_CHAR, "char unsigned");
        base(CTypes.SHORT, "short", "int short", "short signed", "int short signed");
        base(CTypes.UNSIGNED_SHORT, "short unsigned", "int short unsigned");
        base(CTypes.INT, "int", "signed", "int signed");
        base(CTypes.UNSIGNED_INT, "unsigned", "int unsigned");
        base(CTypes.LONG, "long", "int long", "long signed", "int long signed");
        base(CTypes.UNSIGNED_LONG, "long unsigned", "int long unsigned");
        base(CTypes.LONG_LONG, "long long", "int long long", "long long signed", "int long long signed");
        base(CTypes.UNSIGNED_LONG_LONG, "long long unsigned", "int long long unsigned");
        base(CTypes.INT128, "__int128", "__int128 signed");
        base(CTypes.UNSIGNED_INT128, "__int128 unsigned");
        base(CTypes.BOOL, "_Bool");
        base(CTypes.FLOAT, "float");
        base(CTypes.DOUBLE, "double");
        base(CTypes.LONG_DOUBLE, "double long");
        base(CTypes.complexOf(CTypes.FLOAT), "_Complex float");
        base(CTypes.complexOf(CTypes.DOUBLE), "_Complex double", "_Complex");
        base(CTypes.complexOf(CTypes.LONG_DOUBLE), "_Complex double long");
    }

    private final TokenStream tokens;
    private final EvaluationScope scope;
    private final LongSupplier arraySize;
    private final Supplier<Type> typeOf;

    /**
     * @param arraySize reads an array's size
     * @param typeOf reads what stands behind the keyword, in parentheses
     */
    TypeNameParser(TokenStream tokens, EvaluationScope scope, LongSupplier arraySize, Supplier<Type> typeOf) {
        this.tokens = tokens;
        this.scope = scope;
        this.arraySize = arraySize;
        this.typeOf = typeOf;
    }

    /** @param names the words of the type in alphabetical order */
    private static void base(BaseType type, String... names) {
        for (String name : names) BASES.put(name, type);
    }

    /** Whether a type name starts {@code ahead} tokens from here. A variable hides a type of its name. */
    boolean startsAt(int ahead) {
        Token token = tokens.peek(ahead);
        if (token.kind() != Token.Kind.NAME) return false;
        String word = token.text();
        if (KEYWORDS.contains(word)) return tokens.peek(ahead + 1).kind() == Token.Kind.NAME;
        if (WORDS.contains(word) || QUALIFIERS.contains(word)) return true;
        if (TYPEOF.contains(word) && tokens.peek(ahead + 1).is("(")) return true;
        return scope.variable(word).isEmpty() && named(word).isPresent();
    }

    /** Whether {@code type(} starts here, which converts a value as a cast does. */
    boolean isConversion() {
        int words = 0;
        while (WORDS.contains(tokens.peek(words).text())) words++;
        if (words > 0) return tokens.peek(words).is("(");
        boolean candidate =
                tokens.peek().kind() == Token.Kind.NAME && tokens.peek(1).is("(");
        return candidate
                && !TYPEOF.contains(tokens.peek().text())
                && startsAt(0)
                && !isFunction(tokens.peek().text());
    }

    private boolean isFunction(String name) {
        return scope.function(name).isPresent();
    }

    /** A type without pointers and brackets. */
    Type simpleType() {
        return specifiers();
    }

    private Optional<Type> named(String word) {
        return scope.type(word).or(() -> CTypes.supplied(word));
    }

    Type typeName() {
        Type base = specifiers();
        return declarator(0).apply(base);
    }

    private Type specifiers() {
        Token first = tokens.peek();
        List<String> words = new ArrayList<>();
        List<String> qualifiers = new ArrayList<>();
        Type type = null;
        while (tokens.peek().kind() == Token.Kind.NAME) {
            Token token = tokens.peek();
            if (QUALIFIERS.contains(token.text())) qualifiers.add(token.text());
            else if (KEYWORDS.contains(token.text()) && type == null && words.isEmpty()) {
                type = tagged(tokens.next());
            } else if (WORDS.contains(token.text())) words.add(token.text());
            else if (TYPEOF.contains(token.text()) && type == null && words.isEmpty()) {
                tokens.next();
                type = typeOf.get();
                continue;
            } else if (type == null && words.isEmpty()) type = known(token);
            else break;
            tokens.next();
        }
        if (type == null) type = base(words, first);
        else if (!words.isEmpty()) throw first.error("\"" + first.text() + "\" cannot be combined to a type");
        for (String qualifier : qualifiers) {
            Type target = type;
            type = new QualifiedType(qualifier, () -> target);
        }
        return type;
    }

    /** @param keyword already passed; the tag is not */
    private Type tagged(Token keyword) {
        Token tag = tokens.peek();
        String name = keyword.text() + " " + tag.text();
        if (tag.kind() != Token.Kind.NAME) throw tag.error("a tag is expected after \"" + keyword.text() + "\"");
        return scope.type(name).orElseThrow(() -> tag.error("no type \"" + name + "\""));
    }

    private Type known(Token token) {
        return named(token.text()).orElseThrow(() -> token.error("no type \"" + token.text() + "\""));
    }

    private static Type base(List<String> words, Token first) {
        if (words.equals(List.of("void"))) return UnspecifiedType.VOID;
        List<String> sorted = new ArrayList<>(words);
        sorted.sort(null);
        Type type = BASES.get(String.join(" ", sorted));
        if (type == null) {
            throw first.error(
                    words.isEmpty()
                            ? "a type is expected, not " + first.described()
                            : "\"" + String.join(" ", words) + "\" is not a type");
        }
        return type;
    }

    /** What {@code * ( ... ) [n] (types)} makes of a type: pointers first, then what follows, the inner one last. */
    private UnaryOperator<Type> declarator(int depth) {
        if (depth > MAX_DEPTH) throw tokens.peek().error("the type is nested more than " + MAX_DEPTH + " levels deep");
        UnaryOperator<Type> pointers = pointers();
        boolean nested = tokens.peek().is("(")
                && (isPointer(tokens.peek(1)) || tokens.peek(1).is("("));
        UnaryOperator<Type> inner = UnaryOperator.identity();
        if (nested) {
            tokens.next();
            inner = declarator(depth + 1);
            tokens.expect(")");
        }
        UnaryOperator<Type> suffixes = suffixes(depth);
        UnaryOperator<Type> around = inner;
        return base -> around.apply(suffixes.apply(pointers.apply(base)));
    }

    private UnaryOperator<Type> pointers() {
        List<String> words = new ArrayList<>();
        while (isPointer(tokens.peek()) || QUALIFIERS.contains(tokens.peek().text())) {
            Token token = tokens.next();
            words.add(token.text());
            if (words.size() > MAX_DEPTH) throw token.error("the type has more than " + MAX_DEPTH + " pointers");
        }
        return base -> {
            Type type = base;
            for (String word : words) {
                Type target = type;
                type = switch (word) {
                    case "*" -> PointerType.to(target);
                    case "&" -> new PointerType(PointerType.Kind.REFERENCE, () -> target);
                    case "&&" -> new PointerType(PointerType.Kind.RVALUE_REFERENCE, () -> target);
                    default -> new QualifiedType(word, () -> target);
                };
            }
            return type;
        };
    }

    private static boolean isPointer(Token token) {
        return token.is("*") || token.is("&") || token.is("&&");
    }

    private UnaryOperator<Type> suffixes(int depth) {
        if (depth > MAX_DEPTH) throw tokens.peek().error("the type is nested more than " + MAX_DEPTH + " levels deep");
        if (tokens.peek().is("[")) {
            Token bracket = tokens.next();
            long count = tokens.peek().is("]") ? -1 : arraySize.getAsLong();
            tokens.expect("]");
            UnaryOperator<Type> rest = suffixes(depth + 1);
            return base -> array(rest.apply(base), count, bracket);
        }
        if (tokens.peek().is("(")) {
            tokens.next();
            List<Type.Parameter> parameters = parameters(depth);
            return base -> new FunctionType(() -> base, () -> parameters, false);
        }
        return UnaryOperator.identity();
    }

    private static Type array(Type element, long count, Token bracket) {
        if (count > 0 && element.byteSize() > MAX_BYTES / count) throw bracket.error("the array type is too large");
        return new ArrayType(() -> element, count);
    }

    private List<Type.Parameter> parameters(int depth) {
        List<Type.Parameter> parameters = new ArrayList<>();
        while (!tokens.peek().is(")")) {
            Type base = specifiers();
            Type type = declarator(depth + 1).apply(base);
            if (type != UnspecifiedType.VOID) parameters.add(new Type.Parameter(null, type));
            if (!tokens.accept(",")) break;
        }
        tokens.expect(")");
        return List.copyOf(parameters);
    }
}
