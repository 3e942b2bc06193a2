package io.kmdebug.symbols;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What gdb says of addresses, all of them in one run. */
final class GdbFacts {
    private GdbFacts() {}

    static List<PcFacts> of(Programs programs, Path program, List<Long> pcs) {
        List<PcFacts> facts = new ArrayList<>();
        List<PcFacts.Variable> variables = new ArrayList<>();
        List<PcFacts.Scope> scopes = new ArrayList<>();
        long pc = 0;
        String symbol = "";
        for (String text : programs.gdb(program, "PCS = " + pcs + "\n" + script())) {
            // gdb has its own remarks about programs in Go
            if (!text.matches("[PLVS]\t.*")) continue;
            String[] part = text.split("\t", -1);
            switch (part[0]) {
                case "P" -> {
                    pc = hex(part[1]);
                    symbol = part[2];
                    scopes = new ArrayList<>();
                    variables = new ArrayList<>();
                }
                case "L" ->
                    facts.add(new PcFacts(pc, symbol, part[1].isEmpty() ? "" : part[1] + ":" + part[2], true, scopes));
                case "V" ->
                    variables.add(new PcFacts.Variable(
                            -1,
                            part[1],
                            part[2].equals("P"),
                            Integer.parseInt(part[3]),
                            part[5],
                            Long.parseLong(part[4]),
                            part[6],
                            ""));
                case "S" -> {
                    boolean inlined = part[5].equals("1");
                    scopes.add(new PcFacts.Scope(
                            -1,
                            part[1],
                            part[2],
                            hex(part[3]),
                            hex(part[4]),
                            inlined,
                            inlined,
                            "",
                            "",
                            variables,
                            Set.of()));
                    variables = new ArrayList<>();
                }
                default -> throw new AssertionError("gdb: " + text);
            }
        }
        if (facts.size() != pcs.size()) throw new AssertionError("gdb on " + program + " ended at " + facts.size());
        return facts;
    }

    private static String script() {
        try (InputStream in = GdbFacts.class.getResourceAsStream("/differential/facts.py")) {
            if (in == null) throw new AssertionError("no resource facts.py");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long hex(String text) {
        return Long.parseUnsignedLong(text, 16);
    }
}
