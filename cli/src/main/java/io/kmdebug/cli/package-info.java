/** The command line face of the debugger, {@code kmdebug}. */
@NullMarked
package io.kmdebug.cli;

import org.jspecify.annotations.NullMarked;
