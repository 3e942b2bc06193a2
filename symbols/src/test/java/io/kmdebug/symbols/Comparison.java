package io.kmdebug.symbols;

import io.kmdebug.symbols.Difference.Aspect;
import io.kmdebug.symbols.Difference.Tool;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares what this reader says of a program's addresses with what the tools say. */
final class Comparison {
    private final String program;
    private final List<Difference> differences = new ArrayList<>();
    private final Map<Aspect, Integer> compared = new EnumMap<>(Aspect.class);

    Comparison(String program) {
        this.program = program;
    }

    List<Difference> differences() {
        return differences;
    }

    /** How many answers were compared. */
    Map<Aspect, Integer> compared() {
        return compared;
    }

    void withGdb(PcFacts our, PcFacts their) {
        Asked asked = new Asked(Tool.GDB, our, their);
        asked.compare(Aspect.SYMBOL, "", our.symbol(), their.symbol());
        asked.compare(Aspect.LINE, "", PcFacts.lastPart(our.line()), PcFacts.lastPart(their.line()));
        if (!asked.sameScopes()) return;
        for (int i = 0; i < our.scopes().size(); i++) {
            PcFacts.Scope mine = our.scopes().get(i);
            PcFacts.Scope other = their.scopes().get(i);
            asked.compare(Aspect.FUNCTION, mine.name(), mine.name(), other.name());
            asked.extent(mine, other);
            Map<String, PcFacts.Variable> ours = byName(mine);
            Map<String, PcFacts.Variable> theirs = byName(other);
            asked.compare(Aspect.VARIABLES, mine.name(), names(ours, true), names(theirs, true));
            ours.forEach((name, variable) -> {
                PcFacts.Variable answer = theirs.get(name);
                // parameters of a pack share their name and line
                if (answer == null || isRepeated(variable, mine)) return;
                String subject = mine.name() + "/" + variable.name();
                boolean alike = compact(variable.type()).equals(compact(answer.type()));
                asked.compare(Aspect.TYPE, subject, variable.type(), alike ? variable.type() : answer.type());
                asked.compare(Aspect.SIZE, subject, size(variable), size(answer));
            });
        }
    }

    void withDump(PcFacts our, PcFacts their) {
        Asked asked = new Asked(Tool.DWARFDUMP, our, their);
        if (!asked.sameScopes()) return;
        for (int i = 0; i < our.scopes().size(); i++) {
            PcFacts.Scope mine = our.scopes().get(i);
            PcFacts.Scope other = their.scopes().get(i);
            asked.compare(Aspect.FUNCTION, mine.name(), hex(mine.offset()), hex(other.offset()));
            asked.extent(mine, other);
            asked.compare(Aspect.CALL, mine.name(), PcFacts.lastPart(mine.call()), PcFacts.lastPart(other.call()));
            asked.compare(Aspect.PLACE, mine.name() + "/frame base", mine.frameBase(), other.frameBase());
            Map<Long, PcFacts.Variable> ours = byOffset(mine);
            Map<Long, PcFacts.Variable> theirs = byOffset(other);
            Map<Long, PcFacts.Variable> named = new TreeMap<>(theirs);
            named.replaceAll((offset, v) -> v.name().equals(PcFacts.NAME_ELSEWHERE) ? ours.getOrDefault(offset, v) : v);
            asked.compare(Aspect.VARIABLES, mine.name(), names(ours, false), names(named, false));
            ours.forEach((offset, variable) -> {
                PcFacts.Variable answer = theirs.get(offset);
                if (answer == null) return;
                asked.compare(Aspect.PLACE, mine.name() + "/" + variable.name(), variable.place(), answer.place());
            });
        }
    }

    /** @param sequences the rows that hold at the address, of each sequence that has it */
    void withRows(PcFacts our, List<List<ReadelfRows.Row>> sequences) {
        List<String> answers = sequences.stream().map(Comparison::shown).toList();
        String mine = PcFacts.lastPart(our.line());
        String theirs = answers.contains(mine) ? mine : String.join(" or ", answers);
        PcFacts their = new PcFacts(our.pc(), "", String.join(" or ", answers), true, List.of());
        new Asked(Tool.READELF, our, their).compare(Aspect.LINE, "", mine, theirs);
    }

    /** Of several rows for one address the last statement holds, else the last row. */
    private static String shown(List<ReadelfRows.Row> rows) {
        ReadelfRows.Row last = rows.get(rows.size() - 1);
        for (ReadelfRows.Row row : rows) if (row.statement()) last = row;
        return last.toString();
    }

    private final class Asked {
        private final Tool tool;
        private final PcFacts our;
        private final PcFacts their;

        Asked(Tool tool, PcFacts our, PcFacts their) {
            this.tool = tool;
            this.our = our;
            this.their = their;
        }

        void compare(Aspect aspect, String subject, String ours, String theirs) {
            compared.merge(aspect, 1, Integer::sum);
            if (ours.equals(theirs)) return;
            differences.add(new Difference(program, tool, aspect, our, their, subject, ours, theirs));
        }

        boolean sameScopes() {
            compare(Aspect.INLINING, "", inlining(our), inlining(their));
            return our.scopes().size() == their.scopes().size();
        }

        void extent(PcFacts.Scope mine, PcFacts.Scope other) {
            compare(
                    Aspect.EXTENT,
                    mine.name(),
                    hex(mine.low()) + " to " + hex(mine.high()),
                    hex(other.low()) + " to " + hex(other.high()));
        }

        private String inlining(PcFacts facts) {
            return facts.scopes().stream()
                    .map(scope -> scope.inlined() ? "inlined" : "function")
                    .collect(Collectors.joining(" in "));
        }
    }

    private static boolean isRepeated(PcFacts.Variable variable, PcFacts.Scope scope) {
        return scope.variables().stream()
                        .filter(v -> v.name().equals(variable.name()) && v.line() == variable.line())
                        .count()
                > 1;
    }

    /** Tools put spaces where they like. */
    static String compact(String type) {
        return type.replace(" ", "");
    }

    private static String size(PcFacts.Variable variable) {
        return variable.bytes() + " " + variable.fields();
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    private static String names(Map<?, PcFacts.Variable> variables, boolean lines) {
        return variables.values().stream()
                .map(v -> (v.parameter() ? "P " : "L ") + v.name() + (lines ? ":" + v.line() : ""))
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
    }

    private static Map<String, PcFacts.Variable> byName(PcFacts.Scope scope) {
        return by(scope, v -> v.name() + ":" + v.line());
    }

    private static Map<Long, PcFacts.Variable> byOffset(PcFacts.Scope scope) {
        return by(scope, PcFacts.Variable::offset);
    }

    private static <K> Map<K, PcFacts.Variable> by(PcFacts.Scope scope, Function<PcFacts.Variable, K> key) {
        Map<K, PcFacts.Variable> map = new TreeMap<>();
        for (PcFacts.Variable variable : scope.variables()) map.putIfAbsent(key.apply(variable), variable);
        return map;
    }
}
