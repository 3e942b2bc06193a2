/** The payload's core: what goes into it, taken from the monitor's own state. */
@NullMarked
package io.kmdebug.monitor.core;

import org.jspecify.annotations.NullMarked;
