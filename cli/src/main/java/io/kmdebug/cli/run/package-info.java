/** {@code kmdebug run}: programs in the monitor. */
@NullMarked
package io.kmdebug.cli.run;

import org.jspecify.annotations.NullMarked;
