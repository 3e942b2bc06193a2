package io.kmdebug.cli.html;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page in front of the reports on many cores. */
public final class CrashList {
    private CrashList() {}

    /**
     * A crash.
     *
     * @param page file name of the report on its newest core, in the same folder; null where there is none
     * @param note why there is none; null where there is one
     */
    public record Crash(
            int count,
            String signal,
            String place,
            String summary,
            String programs,
            String newest,
            @Nullable String page,
            @Nullable String note) {}

    /** @param unreadable reasons by core */
    public static String of(String title, List<Crash> crashes, Map<String, String> unreadable) {
        Markup page = new Markup();
        page.open("html", "lang", "en").line();
        PageFrame.head(page, title);
        page.open("body").line().open("header").element("h1", title).open("nav");
        page.open("label", "for", "search").text("search ").close();
        page.single("input", "id", "search", "type", "search", "autocomplete", "off", "spellcheck", "false");
        page.element("output", "", "id", "found", "for", "search")
                .close()
                .close()
                .line();
        page.open("main").open("table", "class", "crashes").open("thead").open("tr");
        for (String column : List.of("cores", "signal", "what happened", "program", "newest"))
            page.element("th", column, "scope", "col");
        page.close().close().open("tbody").line();
        for (Crash crash : crashes) row(page, crash);
        page.close().close().line();
        unreadable(page, unreadable);
        page.close().line();
        PageFrame.script(page);
        return page.close().close().page();
    }

    private static void row(Markup page, Crash crash) {
        page.open("tr", "class", "find").element("td", String.valueOf(crash.count()), "class", "number");
        page.element("td", crash.signal()).open("td");
        if (crash.page() == null) page.element("b", crash.place());
        else page.element("a", crash.place(), "href", crash.page());
        page.single("br").text(crash.summary());
        if (crash.note() != null) page.single("br").element("i", "no report: " + crash.note());
        page.close()
                .element("td", crash.programs())
                .element("td", crash.newest())
                .close()
                .line();
    }

    private static void unreadable(Markup page, Map<String, String> unreadable) {
        if (unreadable.isEmpty()) return;
        page.open("section").element("h2", "Cannot be read").open("ul");
        unreadable.forEach((core, reason) -> page.open("li", "class", "find")
                .element("code", core)
                .text(": " + reason)
                .close()
                .line());
        page.close().close();
    }
}
