package io.kmdebug.symbols.demangle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses names and encodings of the Itanium C++ ABI, §5.1.2 to §5.1.4 and §5.1.6 to §5.1.8. */
final class ItaniumNames {
    private static final int MAX_DEPTH = 200;
    private static final String STD = "std";

    private final Input in;
    private final ItaniumTypes types;
    private final List<Node> substitutions = new ArrayList<>();
    private int depth;

    /** What the name that was parsed last says of the function it names. */
    private boolean endsWithArguments;

    private boolean withoutResult;
    private String qualifiers = "";

    ItaniumNames(Input in) {
        this.in = in;
        this.types = new ItaniumTypes(in, this);
    }

    /** A whole symbol behind its "_Z". */
    Node symbol() {
        Node node = encoding();
        while (in.peek() == '.' || in.peek() == '@') {
            // clones that the compiler made, such as .cold or .part.0; a version of the linker's
            if (in.peek() == '@') return new Node.Name(new NodeWriter().text(node) + in.rest());
            node = new Node.Cloned(node, cloneSuffix());
        }
        if (!in.atEnd()) throw in.error();
        return node;
    }

    private String cloneSuffix() {
        int start = in.position();
        in.expect('.');
        while (Character.isLowerCase(in.peek()) || Character.isUpperCase(in.peek()) || in.peek() == '_') in.next();
        while (in.peek() == '.' && Input.isDigit(in.peek(1))) {
            in.next();
            in.number();
        }
        if (in.position() == start + 1 && !Input.isDigit(in.peek())) throw in.error();
        while (Input.isDigit(in.peek())) in.next();
        int end = in.position();
        in.back(start);
        return in.take(end - start);
    }

    Node encoding() {
        enter();
        try {
            if (in.peek() == 'G' || in.peek() == 'T') return special();
            Node name = name();
            boolean template = endsWithArguments && !withoutResult;
            String functionQualifiers = qualifiers;
            if (in.atEnd() || in.peek() == 'E' || in.peek() == '.' || in.peek() == '@') return name;
            Node result = template ? types.type() : null;
            return new Node.Function(name, result, types.parameters(), functionQualifiers);
        } finally {
            depth--;
        }
    }

    void enter() {
        if (++depth > MAX_DEPTH) throw new MangledNameException("nested too deep");
    }

    void leave() {
        depth--;
    }

    void remember(Node node) {
        substitutions.add(node);
    }

    private Node special() {
        if (in.take("TV")) return new Node.Special("vtable for ", types.type());
        if (in.take("TT")) return new Node.Special("VTT for ", types.type());
        if (in.take("TI")) return new Node.Special("typeinfo for ", types.type());
        if (in.take("TS")) return new Node.Special("typeinfo name for ", types.type());
        if (in.take("TA")) return new Node.Special("template parameter object for ", types.argument());
        if (in.take("TW")) return new Node.Special("TLS wrapper function for ", name());
        if (in.take("TH")) return new Node.Special("TLS init function for ", name());
        if (in.take("TC")) {
            Node of = types.type();
            offsetNumber();
            in.expect('_');
            return new Node.Construction(types.type(), of);
        }
        if (in.take("Tc")) {
            callOffset();
            callOffset();
            return new Node.Special("covariant return thunk to ", encoding());
        }
        if (in.looksAt("Th") || in.looksAt("Tv")) {
            in.next();
            boolean virtual = in.peek() == 'v';
            callOffset();
            return new Node.Special(virtual ? "virtual thunk to " : "non-virtual thunk to ", encoding());
        }
        if (in.take("GV")) return new Node.Special("guard variable for ", name());
        if (in.take("GR")) {
            Node name = name();
            int number = in.peek() == '_' ? 0 : sequenceNumber() + 1;
            in.take('_');
            return new Node.Special("reference temporary #" + number + " for ", name);
        }
        if (in.take("GTt")) return new Node.Special("transaction clone for ", encoding());
        if (in.take("GTn")) return new Node.Special("non-transaction clone for ", encoding());
        if (in.take("GA")) return new Node.Special("hidden alias for ", encoding());
        throw in.error();
    }

    private void callOffset() {
        if (in.take('h')) {
            offsetNumber();
        } else {
            in.expect('v');
            offsetNumber();
            in.expect('_');
            offsetNumber();
        }
        in.expect('_');
    }

    private void offsetNumber() {
        in.take('n');
        in.number();
    }

    Node name() {
        enter();
        endsWithArguments = false;
        withoutResult = false;
        qualifiers = "";
        try {
            if (in.peek() == 'N') return nested();
            if (in.peek() == 'Z') return local();
            if (in.peek() == 'S' && in.peek(1) != 't') {
                Node known = substitution();
                if (in.peek() != 'I') throw in.error();
                return new Node.Template(known, arguments());
            }
            Node name = in.take("St") ? new Node.Nested(new Node.Name(STD), unqualified(null)) : unqualified(null);
            if (in.peek() != 'I') return name;
            remember(name);
            return new Node.Template(name, arguments());
        } finally {
            depth--;
        }
    }

    private List<Node> arguments() {
        List<Node> arguments = types.arguments();
        endsWithArguments = true;
        return arguments;
    }

    private Node nested() {
        in.expect('N');
        String functionQualifiers = types.qualifiers();
        if (in.take('R')) functionQualifiers += " &";
        else if (in.take('O')) functionQualifiers += " &&";
        Node scope = null;
        boolean template = false;
        boolean special = false;
        while (!in.take('E')) {
            in.take('L');
            char c = in.peek();
            template = false;
            if (c == 'S' && in.peek(1) != 't') {
                if (scope != null) throw in.error();
                scope = substitution();
                continue;
            }
            if (in.take("St")) {
                if (scope != null) throw in.error();
                scope = new Node.Name(STD);
                continue;
            }
            if (c == 'I') {
                if (scope == null) throw in.error();
                scope = new Node.Template(scope, types.arguments());
                template = true;
            } else if (c == 'T') {
                scope = types.templateParameter();
            } else if (in.looksAt("Dt") || in.looksAt("DT")) {
                scope = types.decltype();
            } else if (c == 'M') {
                in.next(); // a closure in the initializer of the member that was named before
                continue;
            } else {
                Node part = unqualified(scope);
                special = part instanceof Node.Structor
                        || part instanceof Node.Conversion
                        || part instanceof Node.Tagged tagged && tagged.name() instanceof Node.Structor;
                scope = scope == null ? part : new Node.Nested(scope, part);
            }
            remember(scope);
        }
        if (scope == null || substitutions.isEmpty()) throw in.error();
        // the whole name is no candidate for substitution here: where it is a type, that is remembered
        if (scope == substitutions.get(substitutions.size() - 1)) substitutions.remove(substitutions.size() - 1);
        endsWithArguments = template;
        withoutResult = special;
        qualifiers = functionQualifiers;
        return scope;
    }

    private Node local() {
        in.expect('Z');
        Node function = encoding();
        in.expect('E');
        String own = "";
        Node entity;
        boolean template = false;
        boolean special = false;
        if (in.take('s')) {
            entity = new Node.Name("string literal");
            discriminator();
        } else if (in.take('d')) {
            int number = in.peek() == '_' ? 1 : in.number() + 2;
            in.expect('_');
            Node inner = name();
            template = endsWithArguments;
            special = withoutResult;
            own = qualifiers;
            entity = new Node.Nested(new Node.Name("{default arg#" + number + "}"), inner);
        } else {
            entity = name();
            template = endsWithArguments;
            special = withoutResult;
            own = qualifiers;
            discriminator();
        }
        endsWithArguments = template;
        withoutResult = special;
        qualifiers = own;
        // the result of the function that an entity is in says nothing about the entity
        Node shown = function instanceof Node.Function f
                ? new Node.Function(f.name(), null, f.parameters(), f.qualifiers())
                : function;
        return new Node.Local(shown, entity);
    }

    /** Which of several entities of one name in a function: not shown, as c++filt does not. */
    private void discriminator() {
        if (in.peek() != '_') return;
        if (Input.isDigit(in.peek(1))) {
            in.take(2);
        } else if (in.peek(1) == '_' && Input.isDigit(in.peek(2))) {
            in.take(2);
            in.number();
            in.expect('_');
        }
    }

    private Node unqualified(@Nullable Node scope) {
        Node name = untagged(scope);
        while (in.take('B')) name = new Node.Tagged(name, identifier());
        return name;
    }

    private Node untagged(@Nullable Node scope) {
        char c = in.peek();
        if (c == 'L') {
            in.next();
            c = in.peek();
        }
        if (Input.isDigit(c)) return new Node.Name(identifier());
        if (c == 'U') return unnamed();
        if (in.looksAt("DC")) return binding();
        if (c == 'C' || c == 'D' && in.peek(1) >= '0' && in.peek(1) <= '5') return structor(scope);
        return operator();
    }

    private Node structor(@Nullable Node scope) {
        if (scope == null) throw in.error();
        boolean destructor = in.next() == 'D';
        boolean inherited = !destructor && in.take('I');
        char kind = in.next();
        if (kind < '0' || kind > '5') throw in.error();
        return new Node.Structor(inherited ? types.type() : scope, destructor);
    }

    private Node binding() {
        in.take("DC");
        List<Node> names = new ArrayList<>();
        while (!in.take('E')) names.add(new Node.Name(identifier()));
        return new Node.Binding(names);
    }

    private Node unnamed() {
        if (in.take("Ut")) return new Node.Name("{unnamed type#" + unnamedNumber() + "}");
        if (!in.take("Ul")) throw in.error();
        List<Node> parameters = new ArrayList<>();
        if (!in.take('v')) while (in.peek() != 'E') parameters.add(types.type());
        in.expect('E');
        return new Node.Lambda(parameters, unnamedNumber());
    }

    private int unnamedNumber() {
        int number = in.peek() == '_' ? 1 : in.number() + 2;
        in.expect('_');
        return number;
    }

    String identifier() {
        int length = in.number();
        if (length == 0) throw in.error();
        String text = in.take(length);
        return text.startsWith("_GLOBAL_") && text.length() > 9 && text.charAt(9) == 'N'
                ? "(anonymous namespace)"
                : text;
    }

    /** An operator's name, or a conversion. */
    Node operator() {
        if (in.take("cv")) return new Node.Conversion(types.conversion());
        if (in.take("li")) return new Node.Name("operator\"\" " + identifier());
        if (in.peek() == 'v' && Input.isDigit(in.peek(1))) {
            in.take(2);
            return new Node.Name("operator " + identifier());
        }
        Operators.Operator operator = Operators.find(in.peek(), in.peek(1));
        if (operator == null) throw in.error();
        in.take(2);
        String sign = operator.sign();
        boolean word = Character.isLowerCase(sign.charAt(0));
        return new Node.Name("operator" + (word ? " " : "") + sign);
    }

    /** Something that was there before, or one of the abbreviations of §5.1.8. */
    Node substitution() {
        in.expect('S');
        char c = in.peek();
        if (c == '_' || Input.isDigit(c) || c >= 'A' && c <= 'Z') {
            int index = c == '_' ? 0 : sequenceNumber() + 1;
            in.expect('_');
            if (index >= substitutions.size()) throw in.error();
            return substitutions.get(index);
        }
        in.next();
        Node node = switch (c) {
            case 'a' -> std("allocator");
            case 'b' -> std("basic_string");
            case 's' -> ofCharacters("basic_string", std("allocator"));
            case 'i' -> ofCharacters("basic_istream", null);
            case 'o' -> ofCharacters("basic_ostream", null);
            case 'd' -> ofCharacters("basic_iostream", null);
            default -> throw in.error();
        };
        if (in.peek() != 'B') return node;
        while (in.take('B')) node = new Node.Tagged(node, identifier());
        remember(node);
        return node;
    }

    private static Node std(String name) {
        return new Node.Nested(new Node.Name(STD), new Node.Name(name));
    }

    private static Node ofCharacters(String name, @Nullable Node last) {
        List<Node> character = List.of(new Node.Name("char"));
        List<Node> arguments = new ArrayList<>(character);
        arguments.add(new Node.Template(std("char_traits"), character));
        if (last != null) arguments.add(new Node.Template(last, character));
        return new Node.Template(std(name), arguments);
    }

    /** Digits and capital letters to base 36. */
    private int sequenceNumber() {
        long value = 0;
        boolean any = false;
        while (true) {
            char c = in.peek();
            int digit;
            if (Input.isDigit(c)) digit = c - '0';
            else if (c >= 'A' && c <= 'Z') digit = c - 'A' + 10;
            else break;
            in.next();
            any = true;
            value = value * 36 + digit;
            if (value > Integer.MAX_VALUE) throw in.error();
        }
        if (!any) throw in.error();
        return (int) value;
    }
}
