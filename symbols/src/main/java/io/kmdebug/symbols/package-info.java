/**
 * DWARF debug information as pure functions of file, registers and memory: lines, functions, scopes, types, locations,
 * unwinding.
 */
@NullMarked
package io.kmdebug.symbols;

import org.jspecify.annotations.NullMarked;
