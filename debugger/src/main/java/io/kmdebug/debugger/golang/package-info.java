/** Programs written in Go: the goroutines of their run-time system, and its stacks. */
@NullMarked
package io.kmdebug.debugger.golang;

import org.jspecify.annotations.NullMarked;
