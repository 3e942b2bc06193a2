/**
 * DWARF debug information as pure functions of file, registers and memory: lines, functions, scopes, types, locations,
 * unwinding.
 */
module io.kmdebug.symbols {
    requires static org.jspecify;
    requires transitive io.kmdebug.machine;
    requires aircompressor;
    requires org.tukaani.xz;

    exports io.kmdebug.symbols;
    exports io.kmdebug.symbols.demangle;
}
