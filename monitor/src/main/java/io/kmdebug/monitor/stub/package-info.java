/** The monitor's gdb stub: what a debugger asks for, answered from the payload's own threads and memory. */
@NullMarked
package io.kmdebug.monitor.stub;

import org.jspecify.annotations.NullMarked;
