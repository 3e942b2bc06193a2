/** The payload's process and threads: how they run, stop, are kicked, begin and end. */
@NullMarked
package io.kmdebug.monitor.thread;

import org.jspecify.annotations.NullMarked;
