package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.Macro;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Puts arguments into a macro's body: {@code #}, {@code ##}, {@code __VA_OPT__}. C17 §6.10.3.1 to §6.10.3.3. */
final class MacroSubstitution {
    private final Macro macro;
    private final List<String> parameters;
    private final List<List<MacroWord>> arguments;
    private final UnaryOperator<List<MacroWord>> expansion;
    private final IntConsumer cost;

    /**
     * @param expansion of an argument as if it stood alone
     * @param cost is told of words and characters before they are made, and fails when they are too many
     */
    MacroSubstitution(
            Macro macro, List<List<MacroWord>> arguments, UnaryOperator<List<MacroWord>> expansion, IntConsumer cost) {
        this.macro = macro;
        List<String> named = macro.parameters();
        this.parameters = named == null ? List.of() : named;
        this.arguments = arguments;
        this.expansion = expansion;
        this.cost = cost;
    }

    List<MacroWord> of(List<MacroWord> body) {
        List<MacroWord> out = new ArrayList<>();
        for (int i = 0; i < body.size(); i++) {
            MacroWord word = body.get(i);
            boolean pastes = i + 1 < body.size() && body.get(i + 1).is("##");
            if (word.is("#") && i + 1 < body.size() && argument(body.get(i + 1)) != null) {
                List<MacroWord> given = argument(body.get(++i));
                if (given != null)
                    for (MacroWord part : given) cost.accept(1 + 2 * part.text().length());
                out.add(MacroWord.string(given, word.spaced()));
            } else if (word.is("##") && !out.isEmpty() && i + 1 < body.size()) {
                MacroWord right = body.get(++i);
                List<MacroWord> given = argument(right);
                paste(out, given == null ? List.of(right) : given, isVariadic(right));
            } else if (word.text().equals("__VA_OPT__")
                    && i + 1 < body.size()
                    && body.get(i + 1).is("(")) {
                int close = closing(body, i + 1);
                boolean more =
                        macro.variadic() && !arguments.get(arguments.size() - 1).isEmpty();
                if (more) out.addAll(of(body.subList(i + 2, close)));
                i = close;
            } else {
                List<MacroWord> given = argument(word);
                if (given == null) out.add(word);
                else addSpaced(out, pastes ? given : expansion.apply(given), word.spaced());
                // an operand of ## that is empty still separates what is before it from what follows
                if (pastes && given != null && given.isEmpty()) out.add(MacroWord.NOTHING);
            }
        }
        out.removeIf(word -> word.text().isEmpty());
        return out;
    }

    private static int closing(List<MacroWord> body, int open) {
        int depth = 0;
        for (int i = open; i < body.size(); i++) {
            if (body.get(i).is("(")) depth++;
            if (body.get(i).is(")") && --depth == 0) return i;
        }
        return body.size();
    }

    private void addSpaced(List<MacroWord> out, List<MacroWord> words, boolean spaced) {
        cost.accept(words.size());
        for (int i = 0; i < words.size(); i++) {
            MacroWord word = words.get(i);
            out.add(i == 0 ? word.hiding(word.hidden(), spaced) : word);
        }
    }

    private boolean isVariadic(MacroWord word) {
        return macro.variadic() && parameters.indexOf(word.text()) == parameters.size() - 1;
    }

    private @Nullable List<MacroWord> argument(MacroWord word) {
        int index = word.isName() ? parameters.indexOf(word.text()) : -1;
        return index < 0 ? null : arguments.get(index);
    }

    /** GNU C: a comma before an empty list of further arguments goes, and one before others is not pasted to them. */
    private void paste(List<MacroWord> out, List<MacroWord> right, boolean variadic) {
        cost.accept(right.size());
        MacroWord left = out.get(out.size() - 1);
        if (variadic && left.is(",")) {
            if (right.isEmpty()) out.remove(out.size() - 1);
            else out.addAll(right);
            return;
        }
        if (right.isEmpty()) return;
        out.remove(out.size() - 1);
        MacroWord first = right.get(0);
        cost.accept(left.text().length() + first.text().length());
        for (MacroWord word : MacroWord.of(left.text() + first.text())) {
            out.add(word.hiding(Set.of(), left.spaced()));
        }
        out.addAll(right.subList(1, right.size()));
    }
}
