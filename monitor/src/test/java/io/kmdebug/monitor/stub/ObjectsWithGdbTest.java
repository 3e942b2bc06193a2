package io.kmdebug.monitor.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real gdb asks the real monitor for what only a system knows: thread-local variables, libraries, siginfo, tables. */
class ObjectsWithGdbTest {
    private static final Pattern LIBRARY = Pattern.compile("0x[0-9a-f]+ +0x[0-9a-f]+ +Yes.*");

    @TempDir
    private Path folder;

    private static String[] print(String... variables) {
        String[] commands = new String[variables.length * 2];
        for (int i = 0; i < variables.length; i++) {
            commands[2 * i] = "output " + variables[i];
            commands[2 * i + 1] = "echo :" + variables[i] + "\\n";
        }
        return commands;
    }

    private static String[] joined(String[]... parts) {
        return List.of(parts).stream().flatMap(part -> List.of(part).stream()).toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void threadLocalVariablesOfAStaticProgramAreWhereItFindsThem(String compiler) throws Exception {
        Path program = DebuggedKm.compile(folder, compiler, "locals");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program)) {
            String said = km.gdb(
                    program,
                    joined(
                            new String[] {"p own", "break reached", "continue", "up"},
                            print("own", "&own == own_at", "&zero == zero_at"),
                            new String[] {"thread 1"},
                            print("own", "zero"),
                            new String[] {"delete", "kill"}));
            assertThat(said).contains("Cannot find thread-local storage");
            assertThat(said)
                    .containsSubsequence("101:own", "1:&own == own_at", "1:&zero == zero_at", "100:own", "5:zero");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "musl-gcc"})
    void thoseOfLibrariesToo(String compiler) throws Exception {
        Path linked = library(compiler, "linked");
        Path late = library(compiler, "late");
        Path program = DebuggedKm.compileAs(
                folder, compiler, "locals", "-DLIBRARIES", linked.toString(), "-Wl,-rpath," + folder, "-ldl");
        List<String> options = List.of("-g0", "--putenv=LATE=" + late);
        try (DebuggedKm km = DebuggedKm.start(folder, options, program)) {
            String said = km.gdb(
                    program,
                    joined(
                            new String[] {"break reached", "continue", "info sharedlibrary", "up"},
                            print(
                                    "own",
                                    "&own == own_at",
                                    "linked",
                                    "&linked == linked_at",
                                    "late",
                                    "&late == late_at"),
                            new String[] {
                                "thread 1",
                                "output linked",
                                "echo :linked in the first\\n",
                                "output &own != 0 && own == 100",
                                "echo :own in the first\\n",
                                "p late",
                                "set remote library-info-svr4-packet off",
                                "nosharedlibrary",
                                "sharedlibrary",
                                "info sharedlibrary",
                                "delete",
                                "kill"
                            }));
            assertThat(said)
                    .containsSubsequence(
                            "101:own",
                            "1:&own == own_at",
                            "201:linked",
                            "1:&linked == linked_at",
                            "300:late",
                            "1:&late == late_at",
                            "200:linked in the first",
                            "1:own in the first");
            List<String> lists =
                    LIBRARY.matcher(said).results().map(MatchResult::group).toList();
            assertThat(lists).hasSizeGreaterThanOrEqualTo(6).anyMatch(line -> line.endsWith(late.toString()));
            assertThat(lists.subList(0, lists.size() / 2))
                    .as("as gdb finds them by itself")
                    .containsExactlyInAnyOrderElementsOf(lists.subList(lists.size() / 2, lists.size()));
            // glibc's threads get the variables of such a library when they use them
            assertThat(said).contains(compiler.equals("gcc") ? "Cannot find thread-local storage" : "$1 = 9");
        }
    }

    private Path library(String compiler, String name) throws Exception {
        Path made = DebuggedKm.compileAs(folder, compiler, "library", "-DNAME=" + name, "-shared", "-fPIC");
        return Files.move(made, folder.resolve("lib" + name + ".so"));
    }

    @Test
    void aChangedSiginfoReachesTheHandler() throws Exception {
        Path program = DebuggedKm.compile(folder, "gcc", "locals");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program)) {
            String said = km.gdb(
                    program,
                    "set var $_siginfo.si_signo = 1",
                    "continue",
                    "p $_siginfo._sifields._rt.si_sigval.sival_int",
                    "set var $_siginfo._sifields._rt.si_sigval.sival_int = 99",
                    "p $_siginfo._sifields._rt.si_sigval.sival_int",
                    "continue");
            assertThat(said).containsSubsequence("received signal SIGUSR1", "$1 = 5", "$2 = 99", "exited normally");
            assertThat(km.rest()).isEqualTo("signal 10 code -1 value 99\n");
        }
    }

    @Test
    void processThreadsAndFilesAreListed() throws Exception {
        Path program = DebuggedKm.compile(folder, "gcc", "locals");
        try (DebuggedKm km = DebuggedKm.start(folder, List.of("-g0"), program)) {
            String said = km.gdb(
                    program,
                    "break reached",
                    "continue",
                    "info os",
                    "info os processes",
                    "info os threads",
                    "info os files",
                    "info os modules",
                    "kill");
            assertThat(said).containsPattern("(?m)^threads +Threads of the payload");
            assertThat(said).containsPattern("(?m)^[0-9]+ +[^ ]+ +" + program + " *$");
            assertThat(said.lines().filter(line -> line.matches("locals +[0-9]+ +[0-9]+ *")))
                    .hasSize(2);
            assertThat(said)
                    .containsPattern("(?m)^[0-9]+ +locals +1 +pipe:\\[")
                    .containsPattern("locals +2 +/.*km.log");
            assertThat(said).contains("Can not fetch data now.");
        }
    }
}
