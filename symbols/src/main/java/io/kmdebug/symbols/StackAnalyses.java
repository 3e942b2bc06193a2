package io.kmdebug.symbols;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The analyses made so far: code does not change while its image is loaded, and every stop walks over the same few
 * functions. For one thread at a time.
 */
final class StackAnalyses {
    private static final int MOST = 256;

    private final Map<Key, StackAnalysis> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, StackAnalysis> eldest) {
            return size() > MOST;
        }
    };

    private record Key(Symbols symbols, CodeStep.Function function, CodeStep.@Nullable Function whole) {
        // what a record has by itself is made at run time, at the cost of a start
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that
                    && symbols.equals(that.symbols)
                    && function.equals(that.function)
                    && Objects.equals(whole, that.whole);
        }

        @Override
        public int hashCode() {
            return symbols.hashCode() * 31 + function.hashCode();
        }
    }

    /**
     * The analysis of a function of an image.
     *
     * @param whole where {@code function} is a part that is entered by jumps: the function it belongs to
     */
    StackAnalysis of(Symbols symbols, CodeStep.Function function, CodeStep.@Nullable Function whole, ImageCode code) {
        Key key = new Key(symbols, function, whole);
        StackAnalysis analysis = known.get(key);
        if (analysis == null) {
            analysis = analyse(function, whole, code);
            known.put(key, analysis);
        }
        return analysis;
    }

    private static StackAnalysis analyse(
            CodeStep.Function function, CodeStep.@Nullable Function whole, ImageCode code) {
        byte[] bytes = code.read(function.entry(), function.bytes());
        if (whole == null) return StackAnalysis.of(bytes);
        StackAnalysis outer = StackAnalysis.of(code.read(whole.entry(), whole.bytes()));
        return StackAnalysis.ofPart(bytes, outer, (int) (function.entry() - whole.entry()));
    }
}
