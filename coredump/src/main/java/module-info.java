/** ELF cores: a reader that works by offset and a writer that streams. */
module io.kmdebug.coredump {
    requires static org.jspecify;
    requires aircompressor;
    requires transitive io.kmdebug.machine;

    exports io.kmdebug.coredump;
}
