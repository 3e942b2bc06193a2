/** What every command of kmdebug works with: terminal, colours, exit codes, the place of the monitor. */
@NullMarked
package io.kmdebug.cli.command;

import org.jspecify.annotations.NullMarked;
