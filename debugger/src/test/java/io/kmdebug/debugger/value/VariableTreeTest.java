package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StaticProgram;
import io.kmdebug.debugger.Tools;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.debugger.expression.EvaluationScope;
import io.kmdebug.debugger.expression.Evaluator;
import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.VariableSymbol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariableTreeTest {
    private static final Type INT = new BaseType("int", 4, BaseType.Encoding.SIGNED);

    @TempDir
    private static Path folder;

    private static StaticProgram program;
    private static EvaluationScope scope;
    private static ValueFormatter formatter;

    private final VariableTree tree = new VariableTree(formatter);

    @BeforeAll
    static void compile() throws Exception {
        program = new StaticProgram(Tools.compile(folder, "values.c", "-O0", "-no-pie"));
        scope = program.scope(false);
        formatter = new ValueFormatter(program, program::symbol);
    }

    private VariableInfo show(String expression) {
        return tree.show(1, expression, Evaluator.evaluate(expression, scope), expression, false);
    }

    private List<VariableInfo> below(String expression) {
        return tree.children(show(expression).reference(), 0, 0, false);
    }

    @Test
    void everyLineCanBeEvaluatedByItsExpression() {
        long main = program.symbols.symbolsNamed("main").get(0).value();
        List<String> seen = new ArrayList<>();
        for (VariableSymbol variable : program.symbols.globalsAt(main)) {
            check(show(variable.name()), seen, 0);
        }
        assertThat(seen)
                .contains(
                        "list->next->value",
                        "*(*pointer_to_pointer)",
                        "shape.corner[1].y",
                        "shape.width",
                        "nested.a.b.c.d.e.deep",
                        "flags.delta",
                        "bad_pointer->x",
                        "matrix[1][2]",
                        "(*row)[2]")
                .hasSizeGreaterThan(300);
    }

    private void check(VariableInfo line, List<String> seen, int depth) {
        if (line.evaluateName() == null) return;
        seen.add(line.evaluateName());
        Value value = Evaluator.evaluate(line.evaluateName(), scope);
        assertThat(formatter.format(value, false)).as(line.evaluateName()).isEqualTo(line.value());
        assertThat(value.type().name()).as("type of " + line.evaluateName()).isEqualTo(line.type());
        if (depth > 6 || line.reference() == 0) return;
        for (VariableInfo child : tree.children(line.reference(), 0, 20, false)) check(child, seen, depth + 1);
    }

    @Test
    void aPointerToAStructureShowsItsMembersAndAnotherItsTarget() {
        assertThat(below("list")).extracting(VariableInfo::name).containsExactly("value", "next", "name");
        assertThat(below("list")).extracting(VariableInfo::evaluateName).contains("list->next");
        assertThat(below("pointer")).singleElement().satisfies(child -> {
            assertThat(child.name()).isEqualTo("*pointer");
            assertThat(child.value()).isEqualTo("3");
        });
        assertThat(show("op").reference()).isZero();
        assertThat(show("nothing").reference()).isZero();
        assertThat(show("something").reference()).isZero();
        assertThat(show("null_string").reference()).isZero();
    }

    @Test
    void anonymousMembersAreShownAsTheOuterStructuresOwn() {
        assertThat(below("shape"))
                .extracting(VariableInfo::name)
                .containsExactly("color", "corner", "radius", "width", "height", "tag");
    }

    @Test
    void aBadPointerFailsByItself() {
        VariableInfo pointer = show("bad_pointer");
        assertThat(pointer.value()).isEqualTo("0x10");
        assertThat(pointer.available()).isTrue();
        assertThat(pointer.memoryReference()).isEqualTo("0x10");
        assertThat(tree.children(pointer.reference(), 0, 0, false)).allSatisfy(child -> {
            assertThat(child.available()).isFalse();
            assertThat(child.value()).matches("<cannot read memory at 0x1[04]>");
        });
    }

    @Test
    void hexIsForOneAnswerOnly() {
        int reference = show("origin").reference();
        assertThat(tree.children(reference, 0, 0, true))
                .extracting(VariableInfo::value)
                .containsExactly("0x3", "0x4");
        assertThat(tree.children(reference, 0, 0, false))
                .extracting(VariableInfo::value)
                .containsExactly("3", "4");
        assertThat(formatter.format(Evaluator.evaluate("minus", scope), true)).isEqualTo("0xfffffff9");
    }

    @Test
    void aHugeArrayIsPagedAndNeverMadeWhole() {
        long start = program.symbols.symbolsNamed("array").get(0).value();
        Value huge = Value.inMemory(new ArrayType(() -> INT, 2_000_000_000L), start);
        Assertions.assertThatNoException().isThrownBy(() -> {
            org.junit.jupiter.api.Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
                VariableInfo line = tree.show(1, "huge", huge, "huge", false);
                assertThat(line.indexedCount()).isEqualTo(2_000_000_000);
                assertThat(line.namedCount()).isZero();
                assertThat(line.value()).startsWith("{1, 2, 3, 4, 5, ").hasSizeLessThan(1100);
                List<VariableInfo> page = tree.children(line.reference(), 2, 3, false);
                assertThat(page).extracting(VariableInfo::name).containsExactly("[2]", "[3]", "[4]");
                assertThat(page).extracting(VariableInfo::value).containsExactly("3", "4", "5");
                assertThat(tree.children(line.reference(), 1_999_999_998, 5, false))
                        .hasSize(2)
                        .allMatch(c -> !c.available());
                assertThat(tree.children(line.reference(), 0, 0, false)).hasSize(VariableTree.MAX_CHILDREN);
            });
        });
    }

    @Test
    void referencesEndWhenThePayloadGoesOn() {
        int reference = show("origin").reference();
        assertThat(tree.frameOf(reference)).isEqualTo(1);
        tree.clear();
        assertThatThrownBy(() -> tree.children(reference, 0, 0, false))
                .isInstanceOf(DebuggerException.class)
                .hasMessageContaining("is not valid");
        assertThat(show("origin").reference()).isGreaterThan(reference);
    }

    @Test
    void oneBadVariableDoesNotFailItsScope() {
        int reference = tree.scope(
                3,
                () -> List.of(
                        new VariableTree.Variable("gone", () -> Value.unavailable(INT, "optimized out"), "gone"),
                        new VariableTree.Variable(
                                "broken",
                                () -> {
                                    throw new IllegalStateException("the debug information is odd");
                                },
                                "broken"),
                        new VariableTree.Variable("good", () -> Evaluator.evaluate("i", scope), "i")));
        assertThat(tree.children(reference, 0, 0, false))
                .extracting(VariableInfo::value)
                .containsExactly("<optimized out>", "<the debug information is odd>", "42");
        assertThat(tree.child(reference, "good")).isPresent();
        assertThat(tree.child(reference, "nobody")).isEmpty();
        assertThat(tree.frameOf(reference)).isEqualTo(3);
    }

    @Test
    void postfixOperatorsBindToWholeExpressionsOnly() {
        for (String whole : List.of("a", "a.b->c[1]", "(*p)", "(a + b)[2]", "f(x).y", "$rax", "ns::x")) {
            assertThat(ValueChildren.isPostfix(whole)).as(whole).isTrue();
        }
        for (String open : List.of("*p", "a + b", "(int)x", "&a", "a@3", "(x", "a.", "")) {
            assertThat(ValueChildren.isPostfix(open)).as(open).isFalse();
        }
    }
}
