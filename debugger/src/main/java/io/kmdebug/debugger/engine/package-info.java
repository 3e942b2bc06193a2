/** How a session works: run control, breakpoints, stepping, stacks, reports, and what a crash means. */
@NullMarked
package io.kmdebug.debugger.engine;

import org.jspecify.annotations.NullMarked;
