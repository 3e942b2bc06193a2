package io.kmdebug.cli.html;

import io.kmdebug.debugger.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The address space drawn to scale: neighbours share a row, and all rows have one scale, that of the longest. What would
 * be too thin to be seen is drawn one unit wide.
 */
final class MemoryPart {
    /** Regions further apart than this are not neighbours. */
    private static final long NEAR = 64L << 20;

    private static final int ROWS = 60;
    private static final int WIDTH = 1000;
    private static final int ROW_HEIGHT = 34;
    private static final int BAR_HEIGHT = 16;

    private final Markup page;
    private final Evidence evidence;

    MemoryPart(Markup page, Evidence evidence) {
        this.page = page;
        this.evidence = evidence;
    }

    private record Row(List<MemoryRegion> regions) {
        long start() {
            return regions.get(0).start();
        }

        long end() {
            return regions.get(regions.size() - 1).end();
        }

        double bytes() {
            return unsigned(end() - start());
        }
    }

    void write() {
        page.open("section", "id", "memory").element("h2", "Memory");
        if (evidence.memory().isEmpty()) {
            page.element("p", "The core has no list of its memory.", "class", "note")
                    .close();
            return;
        }
        List<Row> rows = rows();
        draw(rows.subList(0, Math.min(ROWS, rows.size())), rows.size());
        table();
        page.close().line();
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        List<MemoryRegion> row = new ArrayList<>();
        for (MemoryRegion region : evidence.memory()) {
            if (!row.isEmpty()) {
                long gap = region.start() - row.get(row.size() - 1).end();
                if (Long.compareUnsigned(gap, NEAR) > 0) {
                    rows.add(new Row(List.copyOf(row)));
                    row.clear();
                }
            }
            row.add(region);
        }
        rows.add(new Row(row));
        return rows;
    }

    private void draw(List<Row> rows, int all) {
        double longest = rows.stream().mapToDouble(Row::bytes).max().orElse(1);
        int height = rows.size() * ROW_HEIGHT;
        page.open(
                "svg",
                "viewBox",
                "0 0 " + WIDTH + " " + height,
                "role",
                "img",
                "aria-label",
                "the address space, drawn to scale",
                "class",
                "memory");
        int y = 0;
        for (Row row : rows) {
            String label = PageFrame.hex(row.start()) + " to " + PageFrame.hex(row.end()) + ", " + size(row.bytes());
            page.element("text", label, "x", "0", "y", String.valueOf(y + 11));
            for (MemoryRegion region : row.regions()) bar(region, row, longest, y + 15);
            y += ROW_HEIGHT;
        }
        page.close().line();
        page.open("p", "class", "legend");
        for (String kind : List.of("code", "data", "constant", "none"))
            page.element("span", kind, "class", "key " + kind).text(" ");
        page.text("a row is " + size(longest) + " wide; regions of less than " + size(longest / WIDTH)
                + " are drawn wider than they are; what is saved in the core is drawn in full height");
        if (all > rows.size()) page.text("; " + (all - rows.size()) + " more rows are in the table only");
        page.close().line();
    }

    private void bar(MemoryRegion region, Row row, double longest, int y) {
        double x = unsigned(region.start() - row.start()) / longest * WIDTH;
        double bytes = unsigned(region.end() - region.start());
        double width = Math.max(1, bytes / longest * WIDTH);
        boolean saved = region.savedBytes() > 0;
        page.open(
                "rect",
                "x",
                number(x),
                "y",
                String.valueOf(saved ? y : y + BAR_HEIGHT / 2),
                "width",
                number(width),
                "height",
                String.valueOf(saved ? BAR_HEIGHT : BAR_HEIGHT / 2),
                "class",
                kind(region));
        page.element(
                "title",
                PageFrame.hex(region.start()) + " " + region.access() + " " + size(bytes) + " " + what(region));
        page.close();
    }

    private static String kind(MemoryRegion region) {
        if (region.access().endsWith("x")) return "code";
        if (region.access().contains("w")) return "data";
        return region.access().startsWith("r") ? "constant" : "none";
    }

    private static String what(MemoryRegion region) {
        return region.what() == null ? "" : region.what();
    }

    private void table() {
        page.open("details").element("summary", evidence.memory().size() + " regions");
        page.open("table").open("thead").open("tr");
        for (String title : List.of("from", "to", "access", "size", "in the core", "what"))
            page.element("th", title, "scope", "col");
        page.close().close().open("tbody").line();
        for (MemoryRegion region : evidence.memory()) {
            page.open("tr", "class", "find")
                    .element("td", PageFrame.hex(region.start()), "class", "number")
                    .element("td", PageFrame.hex(region.end()), "class", "number")
                    .element("td", region.access(), "class", "id")
                    .element("td", size(unsigned(region.end() - region.start())), "class", "number")
                    .element(
                            "td",
                            region.savedBytes() == 0 ? "no" : size(unsigned(region.savedBytes())),
                            "class",
                            "number")
                    .element("td", what(region))
                    .close()
                    .line();
        }
        page.close().close().close().line();
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : value + 0x1p64;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String size(double bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        boolean whole = value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
