/** How Rust's values and those of its standard library are shown: as {@code {:?}} prints them. */
@NullMarked
package io.kmdebug.debugger.presentation.rust;

import org.jspecify.annotations.NullMarked;
