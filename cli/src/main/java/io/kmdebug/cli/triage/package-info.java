/** {@code kmdebug triage}: many cores, sorted by what happened. */
@NullMarked
package io.kmdebug.cli.triage;

import org.jspecify.annotations.NullMarked;
