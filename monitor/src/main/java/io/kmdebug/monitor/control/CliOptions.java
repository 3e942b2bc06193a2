package io.kmdebug.monitor.control;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line of {@code km_cli}: KM's letters, and the word {@code ps}. */
final class CliOptions {
    static final String HELP = """
            usage: km_cli -s SOCKET [-t|-r] [-l]
                   km_cli {-p PID | -c NAME}... [-d FOLDER] [-t|-r] [-l]
                   km_cli core {-s SOCKET | {-p PID | -c NAME}... [-d FOLDER]} [-l]
                   km_cli ps [--json]

            Snapshots and cores of running payloads, and a list of these.

              -s SOCKET  take a snapshot through this management socket; the payload's km decides where it goes
              -p PID     take a snapshot of this process; up to 32 times
              -c NAME    take a snapshot of every payload with this program name; up to 32 times
              -d FOLDER  where snapshots of -p and -c go, as NAME.PID.kmsnap (default /snapshots)
              -t         end the payload after its snapshot (default)
              -r         let it go on
              -l         tell every step
              core       write cores instead of taking snapshots; the payload goes on. They go where its km writes
                         cores, with -d to FOLDER as NAME.PID.kmcore
              ps         list the payloads of this user: process id, threads, memory, port for gdb, program
              --json     the list for machines
              --help     print this
              --version  print the version

            exit status: 0 done, 1 wrong command line or socket, 2 no such payload, 3 a snapshot or core failed
            see also: km_cli(1), km(1), docs/km.md
            """;

    private static final int MOST = 32;
    private static final String USAGE = "; km_cli --help tells more";

    enum What {
        SNAPSHOT,
        CORE,
        LIST,
        HELP,
        VERSION
    }

    /** The message is for the user. */
    static final class WrongUsage extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        WrongUsage(String message) {
            super(message + USAGE);
        }
    }

    private What what = What.SNAPSHOT;
    private @Nullable String socket;
    private final List<Integer> pids = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private String folder = "/snapshots";
    private boolean live;
    private boolean log;
    private boolean json;

    private CliOptions() {}

    static CliOptions parse(List<String> words) throws WrongUsage {
        CliOptions options = new CliOptions();
        if (!words.isEmpty() && words.get(0).equals("ps")) {
            options.parseList(words.subList(1, words.size()));
            return options;
        }
        int at = 0;
        boolean core = !words.isEmpty() && words.get(0).equals("core");
        if (core) {
            options.what = What.CORE;
            options.folder = "";
            at = 1;
        }
        while (at < words.size()) at = options.option(words, at);
        if (options.what != What.SNAPSHOT && options.what != What.CORE) return options;
        boolean named = !options.pids.isEmpty() || !options.names.isEmpty();
        if (options.socket == null && !named) throw new WrongUsage("one of -s, -p, -c or ps is needed");
        if (options.socket != null && named) throw new WrongUsage("-s excludes -p and -c");
        return options;
    }

    private void parseList(List<String> words) throws WrongUsage {
        what = What.LIST;
        for (String word : words) {
            if (word.equals("--json")) json = true;
            else throw new WrongUsage("unknown option of ps: " + word);
        }
    }

    private int option(List<String> words, int at) throws WrongUsage {
        String word = words.get(at);
        switch (word) {
            case "--help", "-h" -> what = What.HELP;
            case "--version", "-v" -> what = What.VERSION;
            case "-t", "-r" -> {
                if (what == What.CORE) throw new WrongUsage(word + " is for snapshots: a core lets the payload go on");
                live = word.equals("-r");
            }
            case "-l" -> log = true;
            default -> {
                if (word.length() < 2 || word.charAt(0) != '-') throw new WrongUsage("unknown word: " + word);
                String value = word.substring(2);
                int next = at + 1;
                if ("spcd".indexOf(word.charAt(1)) < 0) throw new WrongUsage("unknown option: " + word);
                if (value.isEmpty()) {
                    if (next == words.size()) throw new WrongUsage(word + " needs a value");
                    value = words.get(next++);
                }
                valued(word.charAt(1), value);
                return next;
            }
        }
        return at + 1;
    }

    private void valued(char letter, String value) throws WrongUsage {
        switch (letter) {
            case 's' -> socket = value;
            case 'd' -> folder = value;
            case 'c' -> {
                if (names.size() == MOST) throw new WrongUsage("-c may be given " + MOST + " times");
                names.add(value);
            }
            default -> {
                if (pids.size() == MOST) throw new WrongUsage("-p may be given " + MOST + " times");
                int pid;
                try {
                    pid = Integer.parseInt(value);
                } catch (NumberFormatException e) {
                    pid = 0;
                }
                if (pid <= 0) throw new WrongUsage("-p wants a process id, not \"" + value + "\"");
                pids.add(pid);
            }
        }
    }

    What what() {
        return what;
    }

    @Nullable
    String socket() {
        return socket;
    }

    List<Integer> pids() {
        return pids;
    }

    List<String> names() {
        return names;
    }

    /** Empty: where the payload's km writes them. */
    String folder() {
        return folder;
    }

    boolean live() {
        return live;
    }

    boolean log() {
        return log;
    }

    boolean json() {
        return json;
    }
}
