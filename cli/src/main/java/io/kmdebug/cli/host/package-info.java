/** {@code kmdebug doctor}: what a host offers. */
@NullMarked
package io.kmdebug.cli.host;

import org.jspecify.annotations.NullMarked;
