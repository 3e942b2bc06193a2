/** Names as programmers wrote them, from the names that linkers use: C++ (Itanium ABI) and Rust (legacy and v0). */
@NullMarked
package io.kmdebug.symbols.demangle;

import org.jspecify.annotations.NullMarked;
