/**
 * What a session debugs, live or post-mortem: threads, registers, memory, program images, and where it can, running on.
 */
@NullMarked
package io.kmdebug.debugger.target;

import org.jspecify.annotations.NullMarked;
