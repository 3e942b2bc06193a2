package io.kmdebug.monitor;

import org.jspecify.annotations.Nullable;

/**
 * The options of {@code km}: KM's with KM's spellings (where its help and its parser differ, both), then ours. One
 * constant is all that the parser, {@code --help} and the checks of the manual need to know of an option.
 */
enum Option {
    GDB_SERVER_PORT('g', "gdb-server-port", Value.ATTACHED, "PORT", """
            Hold the payload at its first instruction until a debugger comes to 127.0.0.1:PORT (default 2159; 0: any
            free port). The port is attached: -g9000"""),
    GDB_LISTEN("gdb-listen", Value.NONE, "", "Run the payload at once; a debugger may attach at any time"),
    GDB_DYNLINK("gdb-dynlink", Value.NONE, "", """
            Like -g, before the first instruction of the dynamic linker, which is where -g holds, too"""),
    GDB_LOST_KILL("gdb-lost-kill", Value.NONE, "", "End the payload when the debugger's connection breaks"),
    GDB_SOCKET("gdb-socket", Value.NEEDED, "PATH", """
            Serve debuggers at this unix socket, made for this user only, instead of a port (-gPORT: at both)"""),
    GDB_BIND("gdb-bind", Value.NEEDED, "ADDRESS", """
            Serve debuggers at this address instead of 127.0.0.1; from other machines only with --gdb-token-file"""),
    GDB_TOKEN_FILE("gdb-token-file", Value.NEEDED, "FILE", """
            Let in only debuggers that show the token in FILE, which nobody else may read: kmdebug, or any through
            "kmdebug relay\""""),
    COREDUMP('C', "coredump", Value.NEEDED, "FILE", """
            Write cores to FILE (default ./kmcore), those of child processes to FILE.PID; %p in FILE stands for the
            process id, %e for the program, %s for the signal, %t for the time, %% for %"""),
    CORE_FILTER("core-filter", Value.NEEDED, "MASK", """
            Write the mappings of these kinds into cores: core(5)'s bits of coredump_filter (default 0x37)"""),
    CORE_COMPRESS("core-compress", Value.NEEDED, "FORM", """
            Compress cores: "zstd", or "none", which is the default"""),
    SNAPSHOT("snapshot", Value.NEEDED, "FILE", "Write snapshots to FILE (default ./kmsnap)"),
    BASE("base", Value.NEEDED, "FILE", "Let snapshots hold only what differs from the snapshot FILE"),
    SNAPSHOT_COMPRESS("snapshot-compress", Value.NEEDED, "FORM", """
            Compress the memory in snapshots: "zstd", or "none", which is the default"""),
    SNAPSHOT_AT_SIZE("snapshot-at-size", Value.NEEDED, "SIZE[,stop]", """
            Take a snapshot when SIZE bytes of the payload are resident (K, M, G behind it count), and go on or stop"""),
    MGTPIPE("mgtpipe", Value.NEEDED, "SOCKET", "Take requests of km_cli at this unix socket, made for this user only"),
    PUTENV('e', "putenv", Value.NEEDED, "NAME=VALUE", """
            Give the payload this variable instead of the inherited environment; may be repeated"""),
    COPYENV("copyenv", Value.NEEDED, "NAME[=NAME...]", """
            Inherit the environment without these variables; not together with --putenv"""),
    LOG_TO('l', "log-to", Value.NEEDED, "FILE", "Append the payload's standard output and error to FILE"),
    KM_LOG_TO('k', "km-log-to", Value.NEEDED, "FILE", """
            Append the monitor's messages to FILE; "stderr" (the default) and "none" are no files"""),
    VERBOSE('V', "verbose", Value.ATTACHED, "REGEX", """
            Trace the subjects that match (case does not matter; without REGEX all of them): vcpu kvm mem mmap coredump
            signals decode proc exec fork args load shrink network hypercall sched gdb filesys snapshot generic"""),
    HCALL_STATS('S', "hcall-stats", Value.NONE, "", """
            Count system calls and the time they take; print a table when the payload ends"""),
    KILL_UNIMPL_SCALL("kill-unimpl-scall", "kill-unimpl-hcall", Value.NONE, "", """
            Raise SIGSYS in the payload for a system call that km does not know, instead of answering ENOSYS"""),
    WAIT_FOR_SIGNAL("wait-for-signal", Value.NONE, "", "Start the payload when SIGUSR1 comes"),
    DUMP_SHUTDOWN("dump-shutdown", Value.NONE, "", """
            Print the virtual CPU's registers when the virtual machine cannot go on"""),
    CORE_ON_ERR("core-on-err", Value.NONE, "", """
            End by SIGABRT and let the host write a core of the monitor itself, after an internal error and after a core
            of the payload"""),
    MEMBUS_WIDTH('P', "membus-width", Value.NEEDED, "BITS", """
            Give the payload at most 2 to the power of BITS bytes of memory (32 to 63)"""),
    ENABLE_1G_PAGES("enable-1g-pages", Value.NONE, "", "Show the payload a processor with 1 GiB pages"),
    DISABLE_1G_PAGES("disable-1g-pages", Value.NONE, "", "Show the payload a processor without 1 GiB pages"),
    VENDORID("vendorid", Value.NONE, "", "Show the payload a processor made by \"Kontain\""),
    PLATFORM("platform", Value.NEEDED, "NAME", """
            Run the payload on "kvm", on "ptrace" (a traced process; needs no virtualization), or, which is the default,
            "auto": on KVM when it works, else traced"""),
    VIRT_DEVICE('F', "virt-device", Value.NEEDED, "DEVICE", "Use this device instead of /dev/kvm"),
    OVERCOMMIT_MEMORY("overcommit-memory", Value.NONE, "", """
            Nothing: the payload's memory is always taken from the host when it is touched"""),
    NOTHING('A', null, Value.NONE, "", "Nothing: KM has this letter without a meaning"),
    VERSION('v', "version", Value.NONE, "", "Print the version, and which platform payloads get here and why"),
    HELP("help", Value.NONE, "", "Print this text");

    /** Whether an option has a value. */
    enum Value {
        NONE,
        /** Only with {@code =}, or behind the letter. */
        ATTACHED,
        /** So, or as the next word. */
        NEEDED
    }

    /** NUL when there is none. */
    final char letter;
    /** Without the dashes; null when there is only a letter. */
    final @Nullable String name;

    final @Nullable String otherName;
    final Value value;
    /** What the value is, for people. */
    final String valueName;

    final String meaning;

    /** Whether it holds for the processes that the payload makes as well as for the first. */
    boolean isForChildren() {
        return switch (this) {
            case GDB_SERVER_PORT,
                    GDB_LISTEN,
                    GDB_DYNLINK,
                    GDB_LOST_KILL,
                    GDB_SOCKET,
                    GDB_BIND,
                    GDB_TOKEN_FILE,
                    SNAPSHOT,
                    BASE,
                    SNAPSHOT_COMPRESS,
                    SNAPSHOT_AT_SIZE,
                    MGTPIPE,
                    PUTENV,
                    COPYENV,
                    LOG_TO,
                    WAIT_FOR_SIGNAL,
                    VERSION,
                    HELP -> false;
            default -> true;
        };
    }

    Option(char letter, @Nullable String name, Value value, String valueName, String meaning) {
        this(letter, name, null, value, valueName, meaning);
    }

    Option(String name, Value value, String valueName, String meaning) {
        this('\0', name, null, value, valueName, meaning);
    }

    Option(String name, String otherName, Value value, String valueName, String meaning) {
        this('\0', name, otherName, value, valueName, meaning);
    }

    Option(
            char letter,
            @Nullable String name,
            @Nullable String otherName,
            Value value,
            String valueName,
            String meaning) {
        this.letter = letter;
        this.name = name;
        this.otherName = otherName;
        this.value = value;
        this.valueName = valueName;
        this.meaning = meaning;
    }
}
