package io.kmdebug.cli.html;

import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.SourceLocation;
import java.util.HexFormat;

/** The instructions around the one that failed. */
final class CodePart {
    private final Markup page;
    private final Evidence evidence;

    CodePart(Markup page, Evidence evidence) {
        this.page = page;
        this.evidence = evidence;
    }

    void write() {
        page.open("section", "id", "code").element("h2", "Instructions");
        if (evidence.codeError() != null) {
            page.element("p", "None: " + evidence.codeError(), "class", "note find");
        } else {
            page.open("table", "class", "code").open("tbody").line();
            String before = "";
            for (InstructionInfo instruction : evidence.code()) {
                String line = line(instruction.location());
                boolean again = line.equals(before) && !isFault(instruction);
                row(instruction, again ? "" : line);
                before = line;
            }
            page.close().close();
        }
        page.close().line();
    }

    private void row(InstructionInfo instruction, String line) {
        boolean here = isFault(instruction);
        page.open("tr", "class", here ? "here find" : instruction.valid() ? "find" : "find missing");
        page.element("td", here ? "➜" : "");
        page.element("td", PageFrame.hex(instruction.address()), "class", "number");
        page.element("td", instruction.symbol() == null ? "" : instruction.symbol(), "class", "symbol");
        page.element("td", HexFormat.ofDelimiter(" ").formatHex(instruction.bytes()), "class", "bytes");
        page.open("td").element("code", instruction.text()).close();
        page.element("td", line, "class", "place");
        page.close().line();
    }

    private boolean isFault(InstructionInfo instruction) {
        Long fault = evidence.fault();
        return fault != null && fault == instruction.address();
    }

    private static String line(@org.jspecify.annotations.Nullable SourceLocation location) {
        if (location == null) return "";
        String path = location.path();
        return path.substring(path.lastIndexOf('/') + 1) + ":" + location.line();
    }
}
