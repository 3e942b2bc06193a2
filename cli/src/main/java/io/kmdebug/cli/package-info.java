/** The command line face of the debugger, {@code kmdebug}: what it offers; a package for each subject. */
@NullMarked
package io.kmdebug.cli;

import org.jspecify.annotations.NullMarked;
