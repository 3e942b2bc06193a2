/** The command line face of the debugger, {@code kmdebug}. */
module io.kmdebug.cli {
    requires static org.jspecify;
    requires transitive io.kmdebug.debugger;
    requires transitive io.kmdebug.dap;
    requires info.picocli;
    requires com.google.gson;

    exports io.kmdebug.cli;

    opens io.kmdebug.cli to
            info.picocli;
    opens io.kmdebug.cli.core to
            info.picocli;
    opens io.kmdebug.cli.demo to
            info.picocli;
    opens io.kmdebug.cli.host to
            info.picocli;
    opens io.kmdebug.cli.report to
            info.picocli;
    opens io.kmdebug.cli.run to
            info.picocli;
    opens io.kmdebug.cli.triage to
            info.picocli;
}
