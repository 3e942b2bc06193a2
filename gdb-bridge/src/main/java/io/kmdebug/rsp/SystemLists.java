package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Documents of {@code qXfer:libraries-svr4} and {@code qXfer:osdata}. GDB RSP: "Library List Format for SVR4",
 * "osdata".
 */
final class SystemLists {
    private static final Map<String, String> TYPES = types();

    private SystemLists() {}

    private static Map<String, String> types() {
        Map<String, String> types = new LinkedHashMap<>();
        types.put("files", "Open descriptors of the payload");
        types.put("processes", "The payload's process");
        types.put("threads", "Threads of the payload");
        return types;
    }

    /**
     * @param annex empty, or {@code start=ADDRESS;prev=ADDRESS}: the entries from {@code start} on, whose predecessor is
     *     {@code prev}; what else it names is not looked at
     */
    static byte[] libraries(@Nullable List<StubTarget.Library> libraries, String annex) {
        if (libraries == null) throw Refusal.numbered(Refusal.INVALID, "the program has no dynamic linker");
        int first = 0;
        int end = libraries.size();
        long start = parameter(annex, "start");
        if (start != 0) {
            first = indexOf(libraries, start);
            if (first < 0 || before(libraries, first) != parameter(annex, "prev")) {
                throw Refusal.numbered(Refusal.INVALID, "no library 0x" + Long.toHexString(start) + " behind that one");
            }
            while (end > first
                    && libraries.get(end - 1).namespace()
                            != libraries.get(first).namespace()) end--;
        }
        StringBuilder xml = new StringBuilder("<library-list-svr4 version=\"1.0\"");
        if (first == 0 && end > 0)
            xml.append(address(" main-lm", libraries.get(0).linkMap()));
        xml.append(">\n");
        // the first is the program itself
        for (StubTarget.Library library : libraries.subList(Math.min(end, Math.max(first, 1)), end)) {
            xml.append("<library name=\"")
                    .append(XmlScanner.escape(library.name()))
                    .append('"');
            xml.append(address(" lm", library.linkMap())).append(address(" l_addr", library.base()));
            xml.append(address(" l_ld", library.dynamic())).append(address(" lmid", library.namespace()));
            xml.append("/>\n");
        }
        return xml.append("</library-list-svr4>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The entry before, in the same list; 0: none. */
    private static long before(List<StubTarget.Library> libraries, int index) {
        if (index == 0) return 0;
        StubTarget.Library before = libraries.get(index - 1);
        return before.namespace() == libraries.get(index).namespace() ? before.linkMap() : 0;
    }

    private static String address(String name, long value) {
        return name + "=\"0x" + Long.toHexString(value) + '"';
    }

    private static int indexOf(List<StubTarget.Library> libraries, long linkMap) {
        for (int i = 0; i < libraries.size(); i++) if (libraries.get(i).linkMap() == linkMap) return i;
        return -1;
    }

    private static long parameter(String annex, String name) {
        PacketCursor in = PacketCursor.of(annex);
        while (!in.atEnd()) {
            boolean found = in.until("=;").equals(name) && in.skip('=');
            if (found) return in.hex();
            in.until(";");
            in.skip(';');
        }
        return 0;
    }

    /** Null when the target has no such table. */
    static byte @Nullable [] table(StubTarget target, String type) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"osdata.dtd\">\n");
        xml.append("<osdata type=\"").append(type.isEmpty() ? "types" : XmlScanner.escape(type));
        xml.append("\">\n");
        if (type.isEmpty()) {
            if (target.systemTable("processes") == null) return null;
            TYPES.forEach((name, description) -> item(
                    Map.of("Type", name, "Description", description, "Title", name),
                    List.of("Type", "Description", "Title"),
                    xml));
        } else {
            List<Map<String, String>> rows = target.systemTable(type);
            if (rows == null) {
                if (target.systemTable("processes") == null) return null;
                throw Refusal.numbered(Refusal.INVALID, "no table of " + type);
            }
            for (Map<String, String> row : rows) item(row, row.keySet(), xml);
        }
        return xml.append("</osdata>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void item(Map<String, String> row, Iterable<String> columns, StringBuilder xml) {
        xml.append("<item>");
        for (String column : columns) {
            xml.append("<column name=\"").append(XmlScanner.escape(column)).append("\">");
            xml.append(XmlScanner.escape(String.valueOf(row.get(column)))).append("</column>");
        }
        xml.append("</item>\n");
    }
}
