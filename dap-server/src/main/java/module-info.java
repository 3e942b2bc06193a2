/** The Debug Adapter Protocol face of the debugger. */
module io.kmdebug.dap {
    requires static org.jspecify;
    requires transitive io.kmdebug.debugger;
    requires org.eclipse.lsp4j.debug;
    requires org.eclipse.lsp4j.jsonrpc;
    requires org.eclipse.lsp4j.jsonrpc.debug;
    requires com.google.gson;

    exports io.kmdebug.dap;
    exports io.kmdebug.dap.request to
            io.kmdebug.cli;
    exports io.kmdebug.dap.wire to
            io.kmdebug.cli;

    opens io.kmdebug.dap.request to
            com.google.gson;
}
