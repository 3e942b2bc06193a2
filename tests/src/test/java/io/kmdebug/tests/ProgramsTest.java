package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.tests.ProgramRun.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that people have behave in the virtual machine as they do natively: output, errors, exit status. Those that
 * do not are in the table with the reason, and are held to that as well. {@code -Dkmdebug.programs=REGEX} runs those
 * whose names match, {@code -Dkmdebug.platforms=kvm,ptrace} says where.
 */
final class ProgramsTest {
    private static final Path CHECKOUT = Path.of(System.getProperty("kmdebug.checkout"));

    @TempDir
    static Path folder;

    private static Path payloads;
    private static Path scripts;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        payloads = CHECKOUT.toRealPath().resolve("tests/target/payloads");
        scripts = CHECKOUT.toRealPath().resolve("tests/src/test/resources/programs");
        Files.createDirectories(payloads);
        Process process = new ProcessBuilder(
                        CHECKOUT.resolve("tests/payloads/build.sh").toString(), payloads.toString())
                .redirectErrorStream(true)
                .redirectOutput(payloads.resolve("build.log").toFile())
                .start();
        assertThat(process.waitFor())
                .as(() -> "the payloads are built; see " + payloads.resolve("build.log"))
                .isZero();
    }

    @TestFactory
    Stream<DynamicContainer> asNatively() {
        String wanted = System.getProperty("kmdebug.programs", "");
        return Shipped.Platform.tested().stream()
                .map(platform -> DynamicContainer.dynamicContainer(
                        platform.title(),
                        Programs.all().stream()
                                .filter(program ->
                                        wanted.isEmpty() || program.name().matches(wanted))
                                .map(program -> DynamicTest.dynamicTest(
                                        program.name() + ": " + program.what(), () -> compare(program, platform)))));
    }

    @Test
    void theTableIsCurrent() throws IOException {
        Path table = CHECKOUT.resolve("docs/programs.md");
        String expected = ProgramTable.markdown(Programs.all());
        if (Boolean.getBoolean("kmdebug.updateDocs")) Files.writeString(table, expected);
        assertThat(table)
                .as("docs/programs.md; write it anew with -Dtest=ProgramsTest -Dkmdebug.updateDocs=true")
                .hasContent(expected);
    }

    private static void compare(Program program, Shipped.Platform platform) throws IOException, InterruptedException {
        Path place = folder.toRealPath().resolve("run");
        ProgramRun natively = new ProgramRun(program, place, scripts, payloads);
        Outcome expected = natively.run(List.of());
        assertThat(expected.status())
                .as("status of a native run of %s, which must work; %s", program.command(), expected)
                .isEqualTo(program.status());
        Path log = folder.resolve("km.log");
        Files.deleteIfExists(log);
        Outcome actual = new ProgramRun(program, place, scripts, payloads).run(km(platform, log));
        String said = Files.exists(log) ? Files.readString(log, StandardCharsets.ISO_8859_1) : "";
        assertThat(ProgramRun.leftIn(place, ProgramsTest::records))
                .as("processes that stayed behind")
                .isEmpty();
        String reason = program.reason(platform);
        String difference = actual.differenceFrom(expected);
        if (reason == null) {
            assertThat(difference).as("km's messages: %s", said).isEmpty();
        } else {
            assertThat(difference)
                    .as("differs no more: take it off the list of those that do (\"%s\")", reason)
                    .isNotEmpty();
        }
    }

    /** A new distribution's first km records class archives in the background: that is no part of the run. */
    private static boolean records(String process) {
        return process.contains("make-archives") || process.contains("kmdebug.record");
    }

    private static List<String> km(Shipped.Platform platform, Path log) {
        List<String> words = new ArrayList<>(List.of(Shipped.km(), "--km-log-to=" + log));
        if (platform != Shipped.Platform.KVM) words.add(platform.option());
        return words;
    }
}
