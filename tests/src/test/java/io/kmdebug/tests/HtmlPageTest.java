package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kmdebug core --html} in Chromium, of a crash whose names, values and source lines are markup. */
final class HtmlPageTest {
    private static final String SCRIPT = "<script>document.title='hit'</script>";
    private static final String EVENT = "\"><svg onload=hit()>";

    @TempDir
    static Path work = Path.of("");

    private static Path page = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static Browser browser;

    @BeforeAll
    static void draw() throws Exception {
        Path program = Shipped.compile(work, "hostile", Shipped.C.GLIBC);
        Path core = work.resolve("<b>core");
        Shipped.run(
                work,
                // a core has 80 bytes of the command line
                List.of(Shipped.km(), "--coredump=" + core, "./" + program.getFileName(), SCRIPT, EVENT));
        page = work.resolve("page.html");
        Shipped.Result result =
                Shipped.run(work, List.of(Shipped.kmdebug(), "core", core.toString(), "--html", page.toString()));
        assertThat(result).isEqualTo(new Shipped.Result(0, "", ""));
        browser = new Browser(work);
    }

    @AfterAll
    static void end() throws Exception {
        browser.close();
    }

    @BeforeEach
    void open() throws Exception {
        browser.ask("Emulation.setEmulatedMedia", Map.of("media", "", "features", List.of()));
        browser.open(page.toUri());
    }

    private static String text(String selector) throws Exception {
        return browser.evaluate(
                        "Array.from(document.querySelectorAll('" + selector + "'), e => e.textContent).join('\\n')")
                .getAsString();
    }

    private static int count(String selector) throws Exception {
        return browser.evaluate("document.querySelectorAll('" + selector + "').length")
                .getAsInt();
    }

    @Test
    void nothingIsAskedForAndNothingComplained() throws Exception {
        assertThat(browser.requests())
                .allSatisfy(url -> assertThat(url)
                        .satisfiesAnyOf(
                                u -> assertThat(u).isEqualTo(page.toUri().toString()),
                                u -> assertThat(u).isEqualTo("data:,")));
        assertThat(browser.all("Log.entryAdded")).isEmpty();
        assertThat(browser.all("Runtime.consoleAPICalled")).isEmpty();
        assertThat(browser.all("Runtime.exceptionThrown")).isEmpty();
        assertThat(browser.all("Page.javascriptDialogOpening")).isEmpty();
    }

    @Test
    void whatItShowsIsInert() throws Exception {
        assertThat(browser.evaluate("document.title").getAsString()).startsWith("Crash: null pointer dereference");
        assertThat(count("script")).as("its own").isEqualTo(1);
        assertThat(count("img, #hit, b b, h1 b, dd *")).isZero();
        assertThat(browser.evaluate("Array.from(document.querySelectorAll('*')).flatMap(e => e.getAttributeNames())"
                                + ".filter(n => n.startsWith('on') || n === 'style' || n === 'src').length")
                        .getAsInt())
                .isZero();
        assertThat(text("dd")).contains("/<b>core").contains(SCRIPT).contains(EVENT);
        assertThat(text(".values")).contains("<img src=http://127.0.0.1:1/hit onerror=");
        assertThat(text(".source .here")).contains("/* " + SCRIPT);
        assertThat(text("#threads"))
                .contains("<script>hit()")
                .doesNotContain("\033")
                .doesNotContain("\u202e");
    }

    @Test
    void itsPolicyStopsWhatWouldRunAllTheSame() throws Exception {
        // were a name to become an element in spite of all, this is what would become of it
        browser.evaluate("document.body.insertAdjacentHTML('beforeend', "
                + "'<img src=\"http://127.0.0.1:1/hit\" onerror=\"document.title=1\"><p style=\"color:red\">')");
        browser.evaluate("{ const s = document.createElement('script'); s.textContent = 'document.title = 2';"
                + " document.body.append(s); }");
        assertThat(browser.evaluate("document.title").getAsString()).startsWith("Crash: ");
        assertThat(browser.evaluate("getComputedStyle(document.querySelector('p[style]')).color")
                        .getAsString())
                .isNotEqualTo("rgb(255, 0, 0)");
        assertThat(browser.await("Network.loadingFailed").get("blockedReason").getAsString())
                .isEqualTo("csp");
    }

    @Test
    void allPartsAreThere() throws Exception {
        assertThat(text(".summary")).contains("reads label->size, and label is 0x0, in shown (hostile.c:");
        assertThat(text(".tree")).contains("shown").contains("3 threads");
        assertThat(count(".thread.fault")).isEqualTo(1);
        assertThat(count(".thread:not(.fault)"))
                .as("three, of which those at the same place are one")
                .isBetween(1, 3);
        assertThat(text("tr.here")).contains("shown+").contains("hostile.c:");
        assertThat(count(".code tr")).isGreaterThan(20);
        assertThat(text("#files")).contains("O_RDONLY");
        assertThat(text(".registers")).contains("rip", "eflags");
        assertThat(count("svg.memory rect")).isGreaterThan(3);
        assertThat(text("#memory table")).contains("rw-");
        assertThat(text("#modules")).contains("hostile-glibc").contains("DWARF");
    }

    @Test
    void theMemoryMapIsToScale() throws Exception {
        String widths = browser.evaluate("Array.from(document.querySelectorAll('svg.memory rect'), r => "
                        + "[r.querySelector('title').textContent, r.getAttribute('width')].join('|')).join('\\n')")
                .getAsString();
        double unit = 0;
        for (String line : widths.lines().toList()) {
            java.util.regex.Matcher size = java.util.regex.Pattern.compile(
                            "(?s).* ([\\d.]+) (KiB|MiB|GiB) .*\\|([\\d.]+)")
                    .matcher(line);
            if (!size.matches() || Double.parseDouble(size.group(3)) < 20) continue;
            double bytes = Double.parseDouble(size.group(1))
                    * Math.pow(1024, "KMG".indexOf(size.group(2).charAt(0)) + 1);
            double mine = bytes / Double.parseDouble(size.group(3));
            if (unit == 0) unit = mine;
            assertThat(mine / unit).as(line).isBetween(0.97, 1.03);
        }
        assertThat(unit).as(widths).isPositive();
    }

    @Test
    void searchOpensWhatItFinds() throws Exception {
        assertThat(count("details.thread[open]")).isEqualTo(1);
        browser.evaluate("{ const f = document.getElementById('search'); f.value = 'pthread_t [3]';"
                + " f.dispatchEvent(new Event('input')); }");
        assertThat(text("#found")).isEqualTo("1 of 1");
        assertThat(browser.evaluate("!!document.querySelector('.hit.now').closest('details.frame[open]')")
                        .getAsBoolean())
                .isTrue();
        browser.evaluate("{ const f = document.getElementById('search'); f.value = 'not there at all';"
                + " f.dispatchEvent(new Event('input')); }");
        assertThat(text("#found")).isEqualTo("nothing");
        assertThat(count(".hit")).isZero();
    }

    @Test
    void lightDarkAndPaperDiffer() throws Exception {
        String background = "getComputedStyle(document.body).backgroundColor";
        String light = browser.evaluate(background).getAsString();
        byte[] picture = browser.picture();
        browser.ask(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
        assertThat(browser.evaluate(background).getAsString()).isNotEqualTo(light);
        byte[] dark = browser.picture();
        assertThat(dark).isNotEqualTo(picture);
        keep("page.png", picture);
        keep("page-dark.png", dark);
        browser.ask("Emulation.setEmulatedMedia", Map.of("media", "print", "features", List.of()));
        assertThat(browser.evaluate("getComputedStyle(document.querySelector('nav')).display")
                        .getAsString())
                .isEqualTo("none");
        byte[] paper = browser.print();
        assertThat(new String(paper, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
        keep("page-print.pdf", paper);
        assertThat(count("details:not([open])")).as("opened for paper only").isPositive();
    }

    /** For who wants to look at them: the folder in {@code kmdebug.pictures}. */
    private static void keep(String name, byte[] content) throws Exception {
        String folder = System.getProperty("kmdebug.pictures");
        if (folder != null) Files.write(Path.of(folder, name), content);
    }

    @Test
    void aPageThatCannotBeWrittenIsSaid() throws Exception {
        Shipped.Result result = Shipped.run(
                work,
                List.of(
                        Shipped.kmdebug(),
                        "core",
                        work.resolve("<b>core").toString(),
                        "--html",
                        work.resolve("none/page.html").toString()));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors()).contains("none/page.html").hasLineCount(1);
    }
}
