/** The GDB remote serial protocol: packet codec, client, and the server half that a stub builds on. */
module io.kmdebug.rsp {
    requires static org.jspecify;
    requires jdk.net;
    requires transitive io.kmdebug.machine;

    exports io.kmdebug.rsp;
}
