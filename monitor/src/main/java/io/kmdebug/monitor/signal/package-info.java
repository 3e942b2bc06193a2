/** Signals of the payload: queues, dispositions, delivery through Linux's frame, and rt_sigreturn. */
@NullMarked
package io.kmdebug.monitor.signal;

import org.jspecify.annotations.NullMarked;
