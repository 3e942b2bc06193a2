package io.kmdebug.symbols;

import io.kmdebug.symbols.Difference.Aspect;
import io.kmdebug.symbols.Difference.Tool;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The reasons for which this reader and a tool may say something else. Each is narrow: what has none is a failure. */
final class DifferenceRules {
    private record Rule(String reason, Predicate<Difference> holds) {}

    private static final List<Rule> RULES = List.of(
            gdb(
                    Aspect.SYMBOL,
                    "gdb takes another one of the symbols at an address",
                    d -> address(d.ours()).equals(address(d.theirs()))),
            gdb(
                    Aspect.TYPE,
                    "gdb writes [variable length] for []",
                    d -> isAlike(d.ours().replace("[]", "[variable length]"), d.theirs())),
            gdb(
                    Aspect.TYPE,
                    "gdb takes 1 for a length that clang keeps in a variable with several places",
                    d -> d.program().startsWith("clang") && isAlike(d.ours().replace("[]", "[1]"), d.theirs())),
            gdb(
                    Aspect.TYPE,
                    "default arguments and inline namespaces are left out",
                    d -> isAlike(d.ours(), CppNames.readable(d.theirs()))),
            gdb(
                    Aspect.TYPE,
                    "gdb writes *mut for all that refers to something in Rust",
                    d -> isRust(d) && isAlike(GdbSpelling.pointers(d.ours()), GdbSpelling.pointers(d.theirs()))),
            gdb(
                    Aspect.SIZE,
                    "gdb gives a function of Go the size of 1 byte",
                    d -> isGo(d) && d.ours().equals("8 -") && d.theirs().equals("1 -")),
            gdb(
                    Aspect.TYPE,
                    "gdb writes pointers of Go as C does",
                    d -> isGo(d) && isAlike(GdbSpelling.starsBehind(d.ours()), d.theirs())),
            gdb(
                    Aspect.TYPE,
                    "gdb writes characters of template arguments with a cast",
                    d -> d.theirs().contains("(char)")
                            && isAlike(d.ours(), CppNames.readable(GdbSpelling.likeGdb(d.theirs())))),
            gdb(
                    Aspect.TYPE,
                    "gdb writes vectors with the attribute that makes them",
                    d -> d.theirs().contains("__attribute__ ((vector_size(")
                            && isAlike(
                                    d.ours(),
                                    d.theirs()
                                            .replaceAll("__attribute__ \\(\\(vector_size\\((\\d+)\\)\\)\\)", "[$1]"))),
            gdb(
                    Aspect.FUNCTION,
                    "gdb writes characters of template arguments with a cast",
                    d -> d.theirs().contains("(char)")
                            && isAlike(
                                    CppNames.readable(d.ours()),
                                    CppNames.readable(GdbSpelling.likeGdb(GdbSpelling.withoutParameters(d.theirs()))))),
            gdb(
                    Aspect.FUNCTION,
                    "gdb adds template arguments that gcc leaves out of a constructor's name",
                    d -> d.ours().endsWith("<>")
                            && d.theirs()
                                    .startsWith(d.ours().substring(0, d.ours().length() - 1))),
            gdb(
                    Aspect.VARIABLES,
                    "variables of Go are left out in front of their declaration, and results without a name",
                    d -> isGo(d) && isWithout(d, v -> isResult(v) || isDeclaredLater(d, v) || isEscaped(d, v))),
            dump(
                    Aspect.VARIABLES,
                    "variables of Go are left out in front of their declaration, and results without a name",
                    d -> isGo(d) && containsAllBut(d, v -> isResult(v) || isEscaped(d, v) || v.startsWith("L "))),
            gdb(
                    Aspect.SIZE,
                    "gdb makes the variants of enumerations in Rust their members",
                    d -> isRust(d) && d.ours().matches("\\d+ ") && d.theirs().startsWith(d.ours())),
            gdb(
                    Aspect.SIZE,
                    "gdb knows no members of a class without a name that clang wrote",
                    d -> d.program().startsWith("clang")
                            && d.theirs().matches("\\d+ ")
                            && d.ours().startsWith(d.theirs())),
            gdb(
                    Aspect.FUNCTION,
                    "gdb writes the parameters of C++ functions, and short for short int",
                    d -> isAlike(
                            CppNames.readable(GdbSpelling.withoutParameters(d.theirs())), CppNames.readable(d.ours()))),
            gdb(
                    Aspect.FUNCTION,
                    "gdb spells a name as its demangler does that of the linker",
                    DifferenceRules::isLinkedAlike),
            gdb(
                    Aspect.FUNCTION,
                    "gdb names the function around that of a class in it",
                    d -> d.theirs().endsWith("::" + d.ours() + "()")
                            && d.theirs().contains(")::")),
            gdb(
                    Aspect.FUNCTION,
                    "gdb leaves out classes without a name",
                    d -> d.ours().startsWith("(anonymous)::")
                            && List.of(d.theirs(), GdbSpelling.withoutParameters(d.theirs()))
                                    .contains(d.ours().replace("(anonymous)::", ""))),
            gdb(
                    Aspect.FUNCTION,
                    "gdb shows the linker's name of a function in C that has another one",
                    d -> d.our().scopes().stream()
                            .anyMatch(s ->
                                    s.name().equals(d.ours()) && s.linkageName().equals(d.theirs()))),
            gdb(
                    Aspect.SIZE,
                    "gdb takes 1 for a length that clang keeps in a variable with several places",
                    d -> d.program().startsWith("clang")
                            && d.ours().equals("0 -")
                            && d.theirs().matches("[1248] -")),
            gdb(
                    Aspect.LINE,
                    "gdb shows another line for code that the table gives no line",
                    d -> d.ours().endsWith(":0")),
            gdb(
                    Aspect.LINE,
                    "gdb merges rows of a line that begin no statement, with the statement before them",
                    d -> !d.our().statement()),
            gdb(
                    Aspect.VARIABLES,
                    "gdb lists variables that the compiler made",
                    d -> isWithout(d, DifferenceRules::isOfCompiler)),
            gdb(
                    Aspect.VARIABLES,
                    "gdb lists variables of blocks without code in the block around",
                    d -> isWithout(d, name -> isOfCompiler(name) || isCodeless(d, name))),
            rows(
                    "a row goes on behind the code that its unit has",
                    d -> d.ours().isEmpty() && d.our().scopes().isEmpty()),
            dump(
                    Aspect.INLINING,
                    "of several names that the assembler gives to one function we take one",
                    d -> d.theirs().matches("function( in function)+")
                            && d.their().scopes().stream()
                                            .mapToLong(PcFacts.Scope::high)
                                            .distinct()
                                            .count()
                                    == 1
                            && d.their().scopes().stream()
                                            .mapToLong(PcFacts.Scope::low)
                                            .distinct()
                                            .count()
                                    == 1
                            && d.our().scopes().get(0).low()
                                    == d.their().scopes().get(0).low()),
            dump(
                    Aspect.VARIABLES,
                    "variables without a name, those that the compiler made and mere declarations are left out",
                    d -> isWithout(d, DifferenceRules::isLeftOut)),
            dump(
                    Aspect.VARIABLES,
                    "the abstract function has variables that the instance does not repeat",
                    d -> isInstance(d.our(), d.subject()) && containsAllBut(d, DifferenceRules::isLeftOut)));

    private static boolean isLinkedAlike(Difference difference) {
        return difference.our().scopes().stream()
                .filter(our -> our.name().equals(difference.ours())
                        && our.linkageName().startsWith("_Z"))
                .anyMatch(our -> difference.their().scopes().stream()
                        .anyMatch(their -> their.name().equals(difference.theirs())
                                && their.linkageName().equals(our.linkageName())));
    }

    private static boolean isAlike(String one, String other) {
        return Comparison.compact(one).equals(Comparison.compact(other));
    }

    private static boolean isRust(Difference difference) {
        return difference.program().contains("rustc");
    }

    /** A result without a name, or a part of one. */
    private static boolean isResult(String variable) {
        return variable.matches("[LP] ~[rR]\\d+[\\w.]*(:\\d+)?");
    }

    /** {@code &x}, which we show as the {@code x} that it points to. */
    private static boolean isEscaped(Difference difference, String variable) {
        return variable.startsWith("&", 2)
                && words(difference.ours()).contains(variable.substring(0, 2) + variable.substring(3));
    }

    private static boolean isGo(Difference difference) {
        return difference.program().startsWith("go");
    }

    /** Whether a variable {@code L name:line} of a Go function is declared behind the line that the address is at. */
    private static boolean isDeclaredLater(Difference difference, String variable) {
        String line = difference.our().line();
        for (PcFacts.Scope scope : difference.our().scopes()) {
            if (scope.name().equals(difference.subject())) break;
            line = scope.call();
        }
        return number(variable) > number(line);
    }

    private static int number(String placed) {
        return Integer.parseInt(placed.substring(placed.lastIndexOf(':') + 1));
    }

    private static boolean isOfCompiler(String variable) {
        return variable.matches(
                "L __(vla_expr\\d+|(for_)?(range|begin|end)\\d*|PRETTY_FUNCTION__|func__|FUNCTION__):0");
    }

    private static boolean isCodeless(Difference difference, String variable) {
        return difference.our().scopes().stream()
                .anyMatch(s ->
                        s.name().equals(difference.subject()) && s.codeless().contains(variable.substring(2)));
    }

    private static boolean isLeftOut(String variable) {
        return variable.matches("[LP] \\??|L \\((artificial|declaration)\\) .*");
    }

    /** Whether what is ours has all that is theirs, but for some. */
    private static boolean containsAllBut(Difference difference, Predicate<String> leftOut) {
        Set<String> rest = words(difference.theirs());
        rest.removeIf(leftOut);
        return words(difference.ours()).containsAll(rest);
    }

    /** Whether what is ours is what is theirs without some. */
    private static boolean isWithout(Difference difference, Predicate<String> leftOut) {
        Set<String> ours = words(difference.ours());
        Set<String> rest = words(difference.theirs());
        rest.removeIf(name -> !ours.contains(name) && leftOut.test(name));
        ours.removeIf(name -> words(difference.theirs()).contains(name.substring(0, 2) + "&" + name.substring(2)));
        return rest.equals(ours);
    }

    /** Of {@code name 0xaddress}. */
    private static String address(String symbol) {
        return symbol.substring(symbol.lastIndexOf(' ') + 1);
    }

    private static Set<String> words(String list) {
        String inner = list.substring(1, list.length() - 1);
        return inner.isEmpty() ? new HashSet<>() : new HashSet<>(List.of(inner.split(", ", -1)));
    }

    private static boolean isInstance(PcFacts facts, String function) {
        return facts.scopes().stream().anyMatch(s -> s.instance() && s.name().equals(function));
    }

    private DifferenceRules() {}

    private static Rule gdb(Aspect aspect, String reason, Predicate<Difference> holds) {
        return new Rule(reason, d -> d.tool() == Tool.GDB && d.aspect() == aspect && holds.test(d));
    }

    private static Rule dump(Aspect aspect, String reason, Predicate<Difference> holds) {
        return new Rule(reason, d -> d.tool() == Tool.DWARFDUMP && d.aspect() == aspect && holds.test(d));
    }

    private static Rule rows(String reason, Predicate<Difference> holds) {
        return new Rule(reason, d -> d.tool() == Tool.READELF && holds.test(d));
    }

    static Optional<String> reason(Difference difference) {
        return RULES.stream()
                .filter(rule -> rule.holds().test(difference))
                .map(Rule::reason)
                .findFirst();
    }
}
