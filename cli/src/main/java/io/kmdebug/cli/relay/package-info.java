/** {@code kmdebug relay}: debuggers of others at a stub of another machine. */
@NullMarked
package io.kmdebug.cli.relay;

import org.jspecify.annotations.NullMarked;
