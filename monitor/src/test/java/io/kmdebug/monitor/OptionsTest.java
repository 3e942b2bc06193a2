package io.kmdebug.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.monitor.stub.DebugPlaces;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static final List<String> HOST = List.of("PATH=/bin", "PATHS=2", "KM_MGTPIPE=/tmp/m", "HOME=/root", "odd");

    private static Options parse(String... words) throws Options.WrongUsage {
        return Options.parse(List.of(words), List.of());
    }

    @Test
    void endsAtTheProgram() throws Exception {
        assertThat(parse("-S", "prog", "-g", "--help").command()).containsExactly("prog", "-g", "--help");
        assertThat(parse("-S", "--", "-prog").command()).containsExactly("-prog");
        assertThat(parse("-S", "-").command()).containsExactly("-");
    }

    @Test
    void takesValuesAttachedOrAsTheNextWord() throws Exception {
        assertThat(parse("-Ccore", "p").core()).isEqualTo("core");
        assertThat(parse("-C", "core", "p").core()).isEqualTo("core");
        assertThat(parse("--coredump=core", "p").core()).isEqualTo("core");
        assertThat(parse("--coredump", "core", "p").core()).isEqualTo("core");
        assertThat(parse("--coredu=core", "p").core()).isEqualTo("core");
        assertThat(parse("-l", "out", "p").payloadOutput()).isEqualTo("out");
        assertThat(parse("-SAC", "core", "p").core()).isEqualTo("core");
        assertThat(parse("-SAC", "core", "p").statistics()).isTrue();
    }

    @Test
    void attachesThePortOfTheDebugger() throws Exception {
        assertThat(parse("-g", "2160").gdbPort()).isEqualTo(2159);
        assertThat(parse("-g", "2160").command()).containsExactly("2160");
        assertThat(parse("-g2160", "p").gdbPort()).isEqualTo(2160);
        assertThat(parse("-g0x86f", "p").gdbPort()).isEqualTo(0x86f);
        assertThat(parse("--gdb-server-port=9", "p").debugger()).isEqualTo(Options.Debugger.AT_START);
        assertThat(parse("-g9", "--gdb-listen", "p").debugger()).isEqualTo(Options.Debugger.ANY_TIME);
        assertThat(parse("--gdb-listen", "-g9", "p").debugger()).isEqualTo(Options.Debugger.ANY_TIME);
        assertThat(parse("--gdb-listen", "--gdb-dynlink", "p").debugger()).isEqualTo(Options.Debugger.AT_START);
    }

    @Test
    void servesDebuggersAtASocketInsteadOfAPort() throws Exception {
        assertThat(parse("p").gdbPort()).isEqualTo(DebugPlaces.NO_PORT);
        assertThat(parse("--gdb-socket=s", "p").debugPlaces())
                .isEqualTo(new DebugPlaces(DebugPlaces.NO_PORT, null, null, "s"));
        assertThat(parse("--gdb-socket=s", "p").debugger()).isEqualTo(Options.Debugger.AT_START);
        assertThat(parse("--gdb-socket=s", "--gdb-listen", "p").debugger()).isEqualTo(Options.Debugger.ANY_TIME);
        assertThat(parse("-g", "--gdb-socket=s", "p").gdbPort()).isEqualTo(DebugPlaces.NO_PORT);
        assertThat(parse("-g7", "--gdb-socket=s", "p").debugPlaces()).isEqualTo(new DebugPlaces(7, null, null, "s"));
        assertThat(parse("--gdb-bind=::", "--gdb-token-file=t", "p").debugPlaces())
                .isEqualTo(new DebugPlaces(Options.DEFAULT_GDB_PORT, "::", "t", null));
        for (String place : List.of("-S", "--gdb-socket=s")) {
            assertThatThrownBy(() -> parse(place, "--gdb-token-file=t", "p"))
                    .hasMessageContaining("--gdb-token-file is for a port, and there is none");
        }
    }

    @Test
    void traces() throws Exception {
        assertThat(parse("p").traced()).isNull();
        assertThat(parse("-V", "p").traced()).isEmpty();
        assertThat(parse("-Vgdb|mm", "p").traced()).isEqualTo("gdb|mm");
        assertThat(parse("--verbose=x", "p").traced()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kill-unimpl-scall", "--kill-unimpl-hcall"})
    void knowsBothSpellings(String spelling) throws Exception {
        assertThat(parse(spelling, "p").killUnknownCalls()).isTrue();
    }

    @Test
    void copiesTheEnvironmentWithoutTheVeryNamesGiven() throws Exception {
        assertThat(Options.parse(List.of("--copyenv=PATH=HOME", "p"), HOST).environment())
                .containsExactly("PATHS=2", "odd");
        assertThat(Options.parse(List.of("p"), HOST).environment())
                .containsExactly("PATH=/bin", "PATHS=2", "HOME=/root", "odd");
        assertThat(Options.parse(List.of("-eA=1", "--putenv", "B=", "p"), HOST).environment())
                .containsExactly("A=1", "B=");
    }

    @Test
    void readsItsVariablesAfterItsOptions() throws Exception {
        List<String> variables = List.of(
                "KM_VERBOSE=gdb", "KM_LOGTO=/tmp/log", "KM_MGTPIPE=/tmp/pipe", "KM_KILL_UNIMPL_SCALL=", "KM_OTHER=1");
        Options options = Options.parse(List.of("p"), variables);
        assertThat(options.traced()).isEqualTo("gdb");
        assertThat(options.log()).isEqualTo("/tmp/log");
        assertThat(options.managementSocket()).isEqualTo("/tmp/pipe");
        assertThat(options.killUnknownCalls()).isTrue();
        assertThat(options.environment()).hasSize(4).contains("KM_OTHER=1").doesNotContain("KM_MGTPIPE=/tmp/pipe");
        options = Options.parse(List.of("-Vmmap", "-k", "none", "--mgtpipe", "m", "p"), variables);
        assertThat(options.traced()).isEqualTo("mmap");
        assertThat(options.log()).isEqualTo("none");
        assertThat(options.managementSocket()).isEqualTo("m");
        assertThat(Options.parse(List.of("p"), List.of("KM_MGTDIR=/tmp")).managementFolder())
                .isEqualTo("/tmp");
    }

    @Test
    void limitsMemoryToTheWidthOfTheBus() throws Exception {
        assertThat(parse("p").memoryBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(parse("-P36", "p").memoryBytes()).isEqualTo(1L << 36);
        assertThat(parse("--membus-width=0x20", "p").memoryBytes()).isEqualTo(1L << 32);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--nonsense p | unknown option --nonsense",
                "--gdb_listen p | unknown option --gdb_listen; did you mean --gdb-listen?",
                "--core p | option --core is ambiguous: --coredump, --core-filter, --core-compress, --core-on-err",
                "-Q p | unknown option -Q",
                "-SQ p | unknown option -Q",
                "-gx p | -g wants a port, 0 to 65535, not \"x\"",
                "--gdb-server-port=65536 p | --gdb-server-port wants a port, 0 to 65535, not \"65536\"",
                "-P31 p | -P wants a number of bits, 32 to 63, not \"31\"",
                "--membus-width=64 p | --membus-width wants a number of bits, 32 to 63, not \"64\"",
                "--hcall-stats=yes p | --hcall-stats has no value, but \"yes\" was given",
                "-C | -C needs a value: -C FILE",
                "--coredump | --coredump needs a value: --coredump=FILE",
                "--coredump= p | --coredump wants a file to write, not an empty word",
                "--putenv=x p | --putenv wants NAME=VALUE, not \"x\"",
                "-e =x p | -e wants NAME=VALUE, not \"=x\"",
                "-g0x10000 p | -g wants a port, 0 to 65535, not \"0x10000\"",
                "-g-1 p | -g wants a port, 0 to 65535, not \"-1\"",
                "-P 1e2 p | -P wants a number of bits, 32 to 63, not \"1e2\"",
                "--platform=KVM p | --platform wants kvm, ptrace or auto, not \"KVM\"",
                "--snapshot-compress=zst p | --snapshot-compress wants \"zstd\" or \"none\", not \"zst\"",
                "--snapshot-at-size=0 p | --snapshot-at-size wants bytes, such as 100000 or 512M, and \",stop\" behind them"
                        + " to end there, not \"0\"",
                "--snapshot-at-size=-5 p | --snapshot-at-size wants bytes, such as 100000 or 512M, and \",stop\" behind"
                        + " them to end there, not \"-5\"",
                "--snapshot-at-size=9999999999G p | --snapshot-at-size wants bytes, such as 100000 or 512M, and \",stop\""
                        + " behind them to end there, not \"9999999999G\"",
                "--copyenv=A --copyenv=B p | --copyenv is given twice; name all variables in one: A=B=C",
                "--copyenv=A -eB=1 p | --putenv and --copyenv exclude each other",
                "-S | no program named"
            })
    void namesWhatIsWrong(String words, String message) {
        assertThatThrownBy(() -> parse(words.split(" ")))
                .isInstanceOf(Options.WrongUsage.class)
                .hasMessageStartingWith(message + " (usage: km [options] program")
                .hasMessageEndingWith("; km --help tells more)");
    }

    /** Whatever takes a value says which when there is none or an empty one. */
    @ParameterizedTest
    @EnumSource(
            value = Option.class,
            names = {
                "COREDUMP",
                "SNAPSHOT",
                "CORE_FILTER",
                "CORE_COMPRESS",
                "BASE",
                "SNAPSHOT_COMPRESS",
                "SNAPSHOT_AT_SIZE",
                "MGTPIPE",
                "PUTENV",
                "LOG_TO",
                "KM_LOG_TO",
                "MEMBUS_WIDTH",
                "PLATFORM",
                "VIRT_DEVICE",
                "GDB_SOCKET",
                "GDB_BIND",
                "GDB_TOKEN_FILE"
            })
    void saysWhichValueIsMissing(Option option) {
        String name = "--" + option.name;
        assertThatThrownBy(() -> parse(name)).hasMessageStartingWith(name + " needs a value: " + name + "=");
        assertThatThrownBy(() -> parse(name + "=", "p"))
                .isInstanceOf(Options.WrongUsage.class)
                .hasMessageStartingWith(name + " wants ");
        if (option.letter == 0) return;
        String letter = "-" + option.letter;
        assertThatThrownBy(() -> parse(letter)).hasMessageStartingWith(letter + " needs a value: " + letter + " ");
        assertThatThrownBy(() -> parse(letter, "", "p")).hasMessageStartingWith(letter + " wants ");
    }

    /** Those above and COPYENV are all there are. */
    @Test
    void everyOptionThatNeedsAValueIsKnownHere() {
        assertThat(Option.values())
                .filteredOn(option -> option.value == Option.Value.NEEDED)
                .hasSize(18)
                .contains(Option.COPYENV);
        assertThatThrownBy(() -> parse("--copyenv")).hasMessageStartingWith("--copyenv needs a value: --copyenv=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--mgtpipe=m", "--snapshot=s"})
    void refusesTwoPlacesForManagement(String option) {
        assertThatThrownBy(() -> Options.parse(List.of(option, "p"), List.of("KM_MGTDIR=/tmp")))
                .hasMessageContaining("KM_MGTDIR");
    }

    @Test
    void stopsAtHelpAndVersion() throws Exception {
        assertThat(parse("--help", "--nonsense").only()).isEqualTo(Option.HELP);
        assertThat(parse("-Sv").only()).isEqualTo(Option.VERSION);
        assertThat(parse("p").only()).isNull();
    }

    @ParameterizedTest
    @EnumSource(Option.class)
    void explainsEveryOption(Option option) {
        if (option.name != null) assertThat(Help.text()).contains("--" + option.name);
        if (option.otherName != null) assertThat(Help.text()).contains("--" + option.otherName);
        if (option.letter != 0) assertThat(Help.text()).contains("\n  -" + option.letter);
        assertThat(Help.text().lines()).allMatch(line -> line.length() <= 120);
    }
}
