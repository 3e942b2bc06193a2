package io.kmdebug.symbols;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rows of line tables that hold at some addresses, as readelf decodes them. */
final class ReadelfRows {
    /** {@code name line 0xaddress view x}; the line of a sequence's end is "-". */
    private static final Pattern ROW = Pattern.compile("(.+?) +(\\d+|-) +(0x[0-9a-f]+|0) *(?:\\d+)? *(x?)( END)? *$");

    /** @param file behind the last slash */
    record Row(String file, int line, boolean statement) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    private record Placed(long address, Row row) {}

    private ReadelfRows() {}

    /** For each address the rows of the highest address up to it, in the order of the table; of every sequence. */
    static Map<Long, List<List<Row>>> read(Path printed, List<Long> pcs) {
        Map<Long, List<List<Row>>> found = new TreeMap<>();
        pcs.forEach(pc -> found.put(pc, new ArrayList<>()));
        List<Placed> sequence = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(printed, StandardCharsets.ISO_8859_1)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                Matcher row = ROW.matcher(text);
                if (!row.matches()) continue;
                String address = row.group(3);
                long at = address.equals("0") ? 0 : Long.parseUnsignedLong(address.substring(2), 16);
                boolean end = row.group(2).equals("-") || row.group(5) != null;
                int line = end ? 0 : Integer.parseInt(row.group(2));
                Row here = new Row(
                        PcFacts.lastPart(row.group(1)), line, !row.group(4).isEmpty());
                sequence.add(new Placed(at, here));
                if (!end) continue;
                look(sequence, found);
                sequence.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static void look(List<Placed> sequence, Map<Long, List<List<Row>>> found) {
        long first = sequence.get(0).address();
        long end = sequence.get(sequence.size() - 1).address();
        found.forEach((pc, rows) -> {
            if (pc < first || pc >= end) return;
            int last = sequence.size() - 1;
            while (sequence.get(last).address() > pc) last--;
            int start = last;
            while (start > 0
                    && sequence.get(start - 1).address() == sequence.get(last).address()) start--;
            rows.add(sequence.subList(start, last + 1).stream().map(Placed::row).toList());
        });
    }
}
