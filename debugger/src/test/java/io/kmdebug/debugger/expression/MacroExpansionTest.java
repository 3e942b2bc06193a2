package io.kmdebug.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.value.TargetWriter;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.EnumType;
import io.kmdebug.symbols.Language;
import io.kmdebug.symbols.Macro;
import io.kmdebug.symbols.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What macros make of an expression is what the preprocessor makes of it, word for word. */
class MacroExpansionTest {
    private static final List<Macro> MACROS = List.of(
            object("LIMIT", "(TWICE(16) + BASE)"),
            object("BASE", "4"),
            object("EMPTY", ""),
            object("SELF", "SELF + 1"),
            object("PING", "PONG"),
            object("PONG", "PING"),
            object("OPEN", "TWICE("),
            object("NAME_OF", "TWICE"),
            object("PAST", "BA ## SE"),
            object("STRING_OBJECT", "\"a BASE\" 'B' LBASE"),
            function("TWICE", "((x) * 2)", false, "x"),
            function("NONE", "BASE", false),
            function("GLUE", "a##b", false, "a", "b"),
            function("GLUE_EXPANDED", "GLUE(a, b)", false, "a", "b"),
            function("TEXT", "#x", false, "x"),
            function("TEXT_EXPANDED", "TEXT(x)", false, "x"),
            function("SUM", "total(a, __VA_ARGS__, 0)", true, "a", "__VA_ARGS__"),
            function("NAMED", "g(first, ## rest)", true, "first", "rest"),
            function("FIELD", "(p->m.n[i])", false, "p", "i"),
            function("NEST", "TWICE(TWICE(x)) + x", false, "x"),
            function("f", "f(x + 1)", false, "x"));
    private static final List<String> EXPRESSIONS = List.of(
            "LIMIT",
            "a + LIMIT*2",
            "-BASE",
            "- -BASE",
            "x EMPTY y",
            "SELF",
            "PING + PONG",
            "OPEN 3)",
            "NAME_OF(BASE)",
            "NAME_OF (BASE) + NAME_OF",
            "PAST",
            "STRING_OBJECT",
            "TWICE(TWICE(BASE))",
            "TWICE((1, 2))",
            "TWICE()",
            "TWICE",
            "NONE() + NONE( )",
            "GLUE(BA, SE)",
            "GLUE(BASE, LIMIT)",
            "GLUE_EXPANDED(BASE, 2)",
            "GLUE(, BASE) GLUE(BASE,) GLUE(,)",
            "GLUE(1.5, e+3) GLUE(<, <)",
            "TEXT(  a   + \"b\\n\" 'c' )",
            "TEXT_EXPANDED(BASE + 1)",
            "SUM(1, 2, BASE)",
            "SUM(1)",
            "NAMED(1) NAMED(1, 2, 3) NAMED(BASE, LIMIT)",
            "FIELD(q, BASE) . z",
            "NEST(BASE)",
            "f(f)(f(2))",
            "p->BASE.x[BASE..6]",
            "\"BASE\" + 'BASE'",
            "1BASE + 0xBASE + 1.BASE");

    @TempDir
    private static Path folder;

    private static Macro object(String name, String body) {
        return new Macro(name, null, false, body);
    }

    private static Macro function(String name, String body, boolean variadic, String... parameters) {
        return new Macro(name, List.of(parameters), variadic, body);
    }

    @Test
    void expressionsBecomeWhatThePreprocessorMakesOfThem() throws Exception {
        StringBuilder source = new StringBuilder();
        for (Macro macro : MACROS) source.append(definition(macro)).append('\n');
        for (String expression : EXPRESSIONS)
            source.append("@@\n").append(expression).append('\n');
        Path file = Files.writeString(folder.resolve("expand.c"), source);
        String[] expected =
                Tools.run(folder, List.of("gcc", "-E", "-P", file.toString())).split("@@\n", -1);
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < EXPRESSIONS.size(); i++) {
            String label = EXPRESSIONS.get(i) + " = ";
            ours.add(label + words(MacroExpansion.expand(EXPRESSIONS.get(i), new Scope())));
            theirs.add(label + words(expected[i + 1]));
        }
        assertThat(ours).containsExactlyElementsOf(theirs);
    }

    private static String definition(Macro macro) {
        List<String> parameters = macro.parameters();
        if (parameters == null) return "#define " + macro.name() + " " + macro.body();
        String list = String.join(", ", parameters);
        if (macro.variadic()) list = list.endsWith("__VA_ARGS__") ? list.replace("__VA_ARGS__", "...") : list + "...";
        return "#define " + macro.name() + "(" + list + ") " + macro.body();
    }

    private static List<String> words(String text) {
        return MacroWord.of(text).stream().map(MacroWord::text).toList();
    }

    @Test
    void anExpressionWithoutMacrosStaysAsItIs() {
        String text = "a  +b [ 3 ] ,x";
        assertThat(MacroExpansion.expand(text, new Scope())).isSameAs(text);
    }

    @Test
    void wrongUseAndEndlessGrowthAreErrors() {
        assertThatThrownBy(() -> MacroExpansion.expand("TWICE(1, 2)", new Scope()))
                .isInstanceOf(DebuggerException.class)
                .hasMessage("the macro TWICE takes 1 argument, not 2");
        assertThatThrownBy(() -> MacroExpansion.expand("TWICE((1)", new Scope()))
                .hasMessage("the macro TWICE has no closing \")\"");
        List<Macro> doubling = new ArrayList<>(List.of(object("D0", "x")));
        for (int i = 1; i < 40; i++) doubling.add(object("D" + i, "D" + (i - 1) + " D" + (i - 1)));
        assertThatThrownBy(() -> MacroExpansion.expand("D39", new Scope(doubling)))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("the macros of the expression");
    }

    /** Definitions come from the file that is debugged, and may be made to grow. */
    @Test
    void whatGrowsInsideOfWordsOrNestsIsAnErrorToo() {
        List<Macro> growing = new ArrayList<>();
        for (int i = 1; i < 60; i++) {
            growing.add(function("PASTE" + i, "PASTE" + (i - 1) + "(x##x)", false, "x"));
            growing.add(function("QUOTE" + i, "QUOTE" + (i - 1) + "(#x)", false, "x"));
        }
        for (int i = 1; i < 3500; i++) growing.add(object("CHAIN" + i, "CHAIN" + (i - 1) + " x"));
        growing.add(function("LONG", "x ".repeat(30_000), false, "x"));
        Scope scope = new Scope(growing);
        for (String expression :
                List.of("PASTE59(ab)", "QUOTE59(\"\")", "LONG(" + "a ".repeat(10_000) + ")", "CHAIN3499")) {
            assertThatThrownBy(() -> MacroExpansion.expand(expression, scope))
                    .as(expression.substring(0, 8))
                    .isInstanceOf(DebuggerException.class)
                    .hasMessageContaining("stand for too much");
        }
        assertThatThrownBy(() -> MacroExpansion.expand("TWICE(".repeat(3000) + "1" + ")".repeat(3000), new Scope()))
                .isInstanceOf(DebuggerException.class)
                .hasMessage("the macros of the expression are nested too deeply");
    }

    private record Scope(List<Macro> macros) implements EvaluationScope {
        Scope() {
            this(MACROS);
        }

        @Override
        public Optional<Macro> macro(String name) {
            return macros.stream().filter(m -> m.name().equals(name)).findFirst();
        }

        @Override
        public Optional<Value> variable(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<NamedFunction> function(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<LinkerObject> linkerObject(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Type> type(String name) {
            return Optional.empty();
        }

        @Override
        public Language language() {
            return Language.C;
        }

        @Override
        public Optional<String> functionName() {
            return Optional.empty();
        }

        @Override
        public Optional<Value> inFile(String file, String name) {
            return Optional.empty();
        }

        @Override
        public List<String> namesInSight() {
            return List.of();
        }

        @Override
        public Optional<CompositeType> templateInReach(String start) {
            return Optional.empty();
        }

        @Override
        public Optional<EnumType> enumeratorsWith(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Registers> registers() {
            return Optional.empty();
        }

        @Override
        public MemoryReader memory() {
            return (address, target, offset, length) -> 0;
        }

        @Override
        public Optional<TargetWriter> writer() {
            return Optional.empty();
        }
    }
}
