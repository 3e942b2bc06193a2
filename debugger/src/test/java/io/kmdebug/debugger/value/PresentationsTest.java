package io.kmdebug.debugger.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.BaseType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every language's presentations have in common. */
class PresentationsTest {
    private static final Type INT = new BaseType("int", 4, BaseType.Encoding.SIGNED);
    private static final CompositeType BOX = new CompositeType(
            CompositeType.Kind.STRUCT,
            "box",
            4,
            false,
            () -> List.of(new CompositeType.Member("n", () -> INT, 0, 0, false)));

    /** As many elements as its number says, each of them its own index; nothing for a negative one. */
    private record Numbers(Value value, MemoryReader memory) implements Presentation {
        private int count() {
            int n = Scalars.integer(value.bytes(memory), true).intValue();
            if (n < 0) throw new NotInitialised("its size is " + n);
            return n;
        }

        private static Value number(long n) {
            return Value.computed(INT, Scalars.bytes(java.math.BigInteger.valueOf(n), 4));
        }

        @Override
        public void summarize(Summary out) {
            out.elements(count(), Numbers::number);
        }

        @Override
        public Children children() {
            return Children.values(count(), Numbers::number);
        }
    }

    private final MemoryReader memory = (address, target, offset, length) -> 0;
    private final Recipe.Book book = type -> type == BOX ? (value, program) -> new Numbers(value, memory) : null;
    private final VariableTree tree = new VariableTree(new ValueFormatter(new Presentations(List.of(book), view())));

    private ProgramView view() {
        return new ProgramView() {
            @Override
            public MemoryReader memory() {
                return memory;
            }

            @Override
            public Optional<String> symbol(long address) {
                return Optional.empty();
            }

            @Override
            public Optional<Type> type(String name) {
                return Optional.empty();
            }
        };
    }

    private VariableInfo show(int n, @Nullable String name) {
        byte[] bytes = Scalars.bytes(java.math.BigInteger.valueOf(n), 4);
        return tree.show(1, "b", Value.computed(BOX, bytes), name, false);
    }

    @Test
    void aValueIsShownAsWhatItStandsForAndItsMembersAreBehind() {
        VariableInfo box = show(3, "b");
        assertThat(box.value()).isEqualTo("{0, 1, 2}");
        assertThat(box.indexedCount()).isEqualTo(3);
        assertThat(box.namedCount()).isEqualTo(1);
        List<VariableInfo> below = tree.children(box.reference(), 0, 0, false);
        assertThat(below).extracting(VariableInfo::name).containsExactly("[0]", "[1]", "[2]", "[raw]");
        assertThat(below).extracting(VariableInfo::evaluateName).containsExactly("b[0]", "b[1]", "b[2]", "b,raw");
        VariableInfo raw = below.get(3);
        assertThat(raw.value()).isEqualTo("{n=3}");
        assertThat(tree.children(raw.reference(), 0, 0, false))
                .extracting(VariableInfo::value)
                .containsExactly("3");
    }

    @Test
    void elementsAreMadeByPage() {
        VariableInfo box = show(2_000_000_000, null);
        assertThat(box.value()).startsWith("{0, 1, 2").endsWith(", ...}");
        assertThat(tree.children(box.reference(), 1_999_999_998, 2, true))
                .extracting(VariableInfo::value)
                .containsExactly("0x773593fe", "0x773593ff");
    }

    @Test
    void whatCannotBeItsTypeSaysSoAndKeepsItsMembers() {
        VariableInfo box = show(-1, "b");
        assertThat(box.value()).isEqualTo("<not initialised? its size is -1>");
        assertThat(tree.children(box.reference(), 0, 0, false))
                .extracting(VariableInfo::name)
                .containsExactly("[raw]");
    }

    @Test
    void whateverGoesWrongIsTheValuesOwnTrouble() {
        Recipe.Book wrong = type -> (value, program) -> {
            throw new IllegalStateException("no such member");
        };
        Recipe.Book worse = type -> {
            throw new IllegalStateException("no such type");
        };
        for (Recipe.Book each : List.of(wrong, worse)) {
            ValueFormatter formatter = new ValueFormatter(new Presentations(List.of(each), view()));
            VariableInfo box = new VariableTree(formatter).show(1, "b", Value.computed(BOX, new byte[4]), "b", false);
            assertThat(box.value()).isIn("<not initialised? no such member>", "{n=0}");
            assertThat(box.reference()).isPositive();
        }
    }
}
