/** Snapshots of a payload: what is taken, how it lies in the file, and how a payload is made of it again. */
@NullMarked
package io.kmdebug.monitor.snapshot;

import org.jspecify.annotations.NullMarked;
