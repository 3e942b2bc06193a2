/** What others ask of a running monitor: the management socket with KM's requests, and who is running at all. */
@NullMarked
package io.kmdebug.monitor.control;

import org.jspecify.annotations.NullMarked;
