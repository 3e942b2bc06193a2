/** The host kernel and raw host memory, as the monitor uses them. */
@NullMarked
package io.kmdebug.monitor.host;

import org.jspecify.annotations.NullMarked;
