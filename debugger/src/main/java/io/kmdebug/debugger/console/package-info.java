/** Commands of the debug console: lines that are no expressions. */
@NullMarked
package io.kmdebug.debugger.console;

import org.jspecify.annotations.NullMarked;
