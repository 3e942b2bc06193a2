package io.kmdebug.symbols;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the entries say that llvm-dwarfdump prints, for some addresses: scopes, variables, places. */
final class DumpFacts {
    private static final Set<String> SCOPES =
            Set.of("subprogram", "inlined_subroutine", "lexical_block", "try_block", "catch_block");
    private static final Set<String> VARIABLES = Set.of("variable", "formal_parameter");

    /** A range, with the expression that holds there in a location list. */
    private record Range(long low, long high, String expression) {
        boolean contains(long pc) {
            return low <= pc && pc < high;
        }
    }

    /** An entry with the addresses of those asked for that it has code at. */
    private static final class Entry {
        final long offset;
        final int depth;
        final String tag;
        final Map<String, String> attributes = new HashMap<>();
        final Map<String, List<Range>> lists = new HashMap<>();
        final List<Entry> variables = new ArrayList<>();
        List<Long> pcs = List.of();
        String last = "";

        Entry(long offset, int depth, String tag) {
            this.offset = offset;
            this.depth = depth;
            this.tag = tag;
        }

        String get(String name) {
            return attributes.getOrDefault(name, "");
        }

        /** What stands in quotes. */
        String quoted(String name) {
            String value = get(name);
            int from = value.indexOf('"');
            return from < 0 ? "" : value.substring(from + 1, value.lastIndexOf('"'));
        }

        List<Range> ranges() {
            if (lists.containsKey("ranges")) return lists.get("ranges");
            if (!attributes.containsKey("high_pc")) return List.of();
            return List.of(new Range(address(get("low_pc")), address(get("high_pc")), ""));
        }

        private static long address(String text) {
            return Long.parseUnsignedLong(text.substring(text.indexOf("0x") + 2).replaceFirst("[^0-9a-f].*", ""), 16);
        }

        String place(String attribute, long pc) {
            if (lists.containsKey(attribute)) {
                return lists.get(attribute).stream()
                        .filter(range -> range.contains(pc))
                        .findFirst()
                        .map(range -> ExpressionText.ofPrinted(range.expression()))
                        .orElse("");
            }
            String value = get(attribute);
            return value.startsWith("DW_OP_") || value.startsWith("<decoding") ? ExpressionText.ofPrinted(value) : "";
        }
    }

    private final List<Long> asked;
    private final Map<Long, Deque<Entry>> scopes = new LinkedHashMap<>();
    private final Deque<Entry> around = new ArrayDeque<>();

    private DumpFacts(List<Long> asked) {
        this.asked = asked;
        asked.forEach(pc -> scopes.put(pc, new ArrayDeque<>()));
    }

    /** @param printed by llvm-dwarfdump --debug-info */
    static List<PcFacts> read(Path printed, List<Long> pcs) {
        DumpFacts facts = new DumpFacts(pcs);
        try (BufferedReader in = Files.newBufferedReader(printed, StandardCharsets.ISO_8859_1)) {
            facts.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pcs.stream().map(pc -> facts.at(pc)).toList();
    }

    private void read(BufferedReader in) throws IOException {
        Entry entry = null;
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            if (text.startsWith("0x")) {
                if (entry != null) add(entry);
                entry = entry(text);
            } else if (entry != null) {
                attribute(entry, text.strip());
            }
        }
        if (entry != null) add(entry);
    }

    private static @Nullable Entry entry(String text) {
        int tag = text.indexOf("DW_TAG_");
        if (tag < 0) return null;
        int colon = text.indexOf(':');
        return new Entry(Long.parseLong(text.substring(2, colon), 16), (tag - colon) / 2, text.substring(tag + 7));
    }

    private static void attribute(Entry entry, String text) {
        boolean wanted = SCOPES.contains(entry.tag) || VARIABLES.contains(entry.tag);
        if (!wanted) return;
        if (text.startsWith("DW_AT_")) {
            int tab = text.indexOf('\t');
            entry.last = text.substring(6, tab);
            String value = text.substring(tab + 2);
            entry.attributes.put(entry.last, value.endsWith(")") ? value.substring(0, value.length() - 1) : value);
        } else if (text.startsWith("[0x") || text.startsWith("<default>")) {
            Range range = range(text);
            List<Range> list = entry.lists.computeIfAbsent(entry.last, name -> new ArrayList<>());
            if (range.low != range.high) list.add(range);
        }
    }

    /** {@code [0x1000, 0x1010): DW_OP_...}; behind the last one of a list there is one more bracket. */
    private static Range range(String text) {
        int colon = text.indexOf("): ");
        String expression = "";
        if (text.startsWith("<default>")) {
            expression = text.substring(text.indexOf(": ") + 2);
        } else if (colon > 0) {
            expression = text.substring(colon + 3);
        }
        long opening = expression.chars().filter(c -> c == '(').count();
        long closing = expression.chars().filter(c -> c == ')').count();
        if (closing > opening) expression = expression.substring(0, expression.length() - 1);
        if (text.startsWith("<default>")) return new Range(0, Long.MAX_VALUE, expression);
        String[] ends = text.substring(1, text.indexOf(')')).split(", ", -1);
        return new Range(Entry.address(ends[0]), Entry.address(ends[1]), expression);
    }

    private void add(Entry entry) {
        while (!around.isEmpty() && around.peek().depth >= entry.depth) around.pop();
        Entry parent = around.peek();
        if (VARIABLES.contains(entry.tag)) {
            if (parent != null && parent.depth == entry.depth - 1) parent.variables.add(entry);
            return;
        }
        if (!SCOPES.contains(entry.tag)) return;
        boolean function = entry.tag.equals("subprogram");
        List<Long> outer = function ? asked : parent == null ? List.of() : parent.pcs;
        List<Range> ranges = entry.ranges();
        entry.pcs = outer.stream()
                .filter(pc -> ranges.stream().anyMatch(range -> range.contains(pc)))
                .toList();
        if (entry.pcs.isEmpty()) return;
        for (long pc : entry.pcs) scopes.get(pc).push(entry);
        around.push(entry);
    }

    private PcFacts at(long pc) {
        List<PcFacts.Scope> chain = new ArrayList<>();
        List<PcFacts.Variable> variables = new ArrayList<>();
        for (Entry entry : scopes.get(pc)) {
            for (Entry variable : entry.variables) variables.add(variable(variable, pc));
            boolean inlined = entry.tag.equals("inlined_subroutine");
            if (!inlined && !entry.tag.equals("subprogram")) continue;
            String name = entry.quoted("name");
            if (name.isEmpty()) name = entry.quoted("abstract_origin");
            boolean named = entry.attributes.containsKey("name") || entry.attributes.containsKey("abstract_origin");
            if (name.isEmpty() && named) name = PcFacts.NAME_ELSEWHERE;
            if (name.isEmpty()) name = entry.quoted("specification");
            chain.add(new PcFacts.Scope(
                    entry.offset,
                    name,
                    entry.quoted("linkage_name"),
                    entry.ranges().stream().mapToLong(Range::low).min().orElse(0),
                    entry.ranges().stream().mapToLong(Range::high).max().orElse(0),
                    inlined,
                    entry.attributes.containsKey("abstract_origin"),
                    inlined ? entry.quoted("call_file") + ":" + entry.get("call_line") : "",
                    entry.place("frame_base", pc),
                    variables,
                    Set.of()));
            variables = new ArrayList<>();
        }
        return new PcFacts(pc, "", "", true, chain);
    }

    private static PcFacts.Variable variable(Entry entry, long pc) {
        String name = entry.quoted("name");
        String constant = entry.get("const_value");
        if (constant.startsWith("0x")) constant = Long.toString(Long.parseUnsignedLong(constant.substring(2), 16));
        if (constant.startsWith("<")) {
            constant = "bytes " + constant.substring(constant.indexOf('>') + 1).replace(" ", "");
        }
        if (name.isEmpty()) name = entry.quoted("abstract_origin");
        boolean named = entry.attributes.containsKey("name") || entry.attributes.containsKey("abstract_origin");
        if (name.isEmpty() && named) name = PcFacts.NAME_ELSEWHERE;
        boolean parameter = entry.tag.equals("formal_parameter");
        // what lambdas captured and structured bindings are artificial, but named in the source
        boolean inSource = !name.startsWith("__") && !name.startsWith(".");
        boolean artificial = entry.attributes.containsKey("artificial") && !inSource;
        if (!parameter && artificial) name = "(artificial) " + name;
        if (!parameter && entry.attributes.containsKey("declaration")) name = "(declaration) " + name;
        return new PcFacts.Variable(
                entry.offset,
                name,
                parameter,
                0,
                entry.quoted("type"),
                -1,
                "-",
                constant.isEmpty() ? entry.place("location", pc) : "value " + constant);
    }
}
