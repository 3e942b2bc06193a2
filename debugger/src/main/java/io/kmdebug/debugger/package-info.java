/** The debugger engine: sessions, breakpoints, stepping, stacks, variables, expressions, formatting. */
@NullMarked
package io.kmdebug.debugger;

import org.jspecify.annotations.NullMarked;
