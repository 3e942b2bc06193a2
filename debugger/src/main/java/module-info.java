/** The debugger engine: sessions, breakpoints, stepping, stacks, variables, expressions, formatting. */
module io.kmdebug.debugger {
    requires static org.jspecify;
    requires transitive io.kmdebug.machine;
    requires transitive io.kmdebug.symbols;
    requires transitive io.kmdebug.rsp;
    requires transitive io.kmdebug.coredump;
    requires java.net.http;
    requires org.jnrproject.jffi;

    exports io.kmdebug.debugger;
    exports io.kmdebug.debugger.console;
}
