/** How a session works: run control, breakpoints, stepping, stacks, reports. */
@NullMarked
package io.kmdebug.debugger.engine;

import org.jspecify.annotations.NullMarked;
