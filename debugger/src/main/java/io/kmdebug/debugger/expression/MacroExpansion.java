package io.kmdebug.debugger.expression;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.symbols.Macro;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Replaces the preprocessor macros in an expression as the compiler would have done at the same line. C17 §6.10.3. */
final class MacroExpansion {
    private static final int MAX_STEPS = 10_000;
    private static final int MAX_WORDS = 20_000;
    /** Of arguments that are expanded within arguments. */
    private static final int MAX_DEPTH = 100;
    /** Words, their characters and what is hidden from them, in all that is made on the way. */
    private static final int MAX_COST = 4_000_000;

    private final EvaluationScope scope;
    /** A unit has a hundred thousand definitions: each name is looked up once. */
    private final Map<String, Optional<Macro>> known = new HashMap<>();

    private int steps;
    private int depth;
    private long cost;

    private MacroExpansion(EvaluationScope scope) {
        this.scope = scope;
    }

    /** The same text when no name in it is a macro. */
    static String expand(String text, EvaluationScope scope) {
        List<MacroWord> words = MacroWord.of(text);
        MacroExpansion expansion = new MacroExpansion(scope);
        boolean any = false;
        for (MacroWord word : words) any |= expansion.macro(word).isPresent();
        if (!any) return text;
        return MacroWord.text(expansion.expanded(words));
    }

    private Optional<Macro> macro(MacroWord word) {
        return word.isName() ? known.computeIfAbsent(word.text(), scope::macro) : Optional.empty();
    }

    private void spend(int more) {
        cost += more;
        if (cost > MAX_COST) throw tooMuch();
    }

    private static DebuggerException tooMuch() {
        return new DebuggerException("the macros of the expression stand for too much");
    }

    private List<MacroWord> expanded(List<MacroWord> words) {
        if (++depth > MAX_DEPTH) throw new DebuggerException("the macros of the expression are nested too deeply");
        List<MacroWord> out = rescanned(words);
        depth--;
        return out;
    }

    /** Rescans what comes out of a macro together with what follows it. */
    private List<MacroWord> rescanned(List<MacroWord> words) {
        Deque<MacroWord> rest = new ArrayDeque<>(words);
        List<MacroWord> out = new ArrayList<>();
        while (!rest.isEmpty()) {
            MacroWord word = rest.pop();
            spend(1);
            Optional<Macro> macro = word.hidden().contains(word.text()) ? Optional.empty() : macro(word);
            List<MacroWord> replacement = macro.isPresent() ? replacement(word, macro.get(), rest) : null;
            if (replacement == null) {
                out.add(word);
            } else {
                for (int i = replacement.size() - 1; i >= 0; i--) rest.push(replacement.get(i));
            }
            if (out.size() + rest.size() > MAX_WORDS) throw tooMuch();
        }
        return out;
    }

    /** What stands for a macro; its arguments are taken out of {@code rest}. Null where it is not used as one. */
    private @Nullable List<MacroWord> replacement(MacroWord name, Macro macro, Deque<MacroWord> rest) {
        if (++steps > MAX_STEPS) throw new DebuggerException("the macros of the expression do not come to an end");
        spend(macro.body().length());
        List<MacroWord> body = MacroWord.of(macro.body());
        Set<String> hidden = new HashSet<>(name.hidden());
        hidden.add(name.text());
        List<String> parameters = macro.parameters();
        List<MacroWord> replaced = body;
        if (parameters != null) {
            MacroWord next = rest.peek();
            if (next == null || !next.is("(")) return null;
            replaced = new MacroSubstitution(macro, arguments(macro, rest), this::expanded, this::spend).of(body);
        } else if (body.stream().anyMatch(word -> word.is("##"))) {
            replaced = new MacroSubstitution(macro, List.of(), this::expanded, this::spend).of(body);
        }
        List<MacroWord> result = new ArrayList<>(replaced.size());
        for (MacroWord word : replaced) {
            spend(word.hidden().size() + hidden.size());
            Set<String> all = new HashSet<>(word.hidden());
            all.addAll(hidden);
            result.add(word.hiding(all, result.isEmpty() ? name.spaced() : word.spaced()));
        }
        return result;
    }

    private static List<List<MacroWord>> arguments(Macro macro, Deque<MacroWord> rest) {
        List<String> parameters = macro.parameters();
        int count = parameters == null ? 0 : parameters.size();
        rest.pop();
        List<List<MacroWord>> arguments = new ArrayList<>();
        List<MacroWord> argument = new ArrayList<>();
        int depth = 0;
        while (true) {
            MacroWord word = rest.poll();
            if (word == null) throw new DebuggerException("the macro " + macro.name() + " has no closing \")\"");
            if (depth == 0 && word.is(")")) break;
            if (word.is("(")) depth++;
            if (word.is(")")) depth--;
            boolean ends = depth == 0 && word.is(",") && !(macro.variadic() && arguments.size() == count - 1);
            if (ends) {
                arguments.add(argument);
                argument = new ArrayList<>();
            } else {
                argument.add(word);
            }
        }
        if (count > 0 || !argument.isEmpty() || !arguments.isEmpty()) arguments.add(argument);
        if (macro.variadic() && arguments.size() == count - 1) arguments.add(List.of());
        if (arguments.size() != count) {
            throw new DebuggerException("the macro " + macro.name() + " takes " + count
                    + (count == 1 ? " argument" : " arguments") + ", not " + arguments.size());
        }
        return arguments;
    }
}
