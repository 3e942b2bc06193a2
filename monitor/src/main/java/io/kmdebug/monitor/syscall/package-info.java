/** System call handlers by subject, and what they see of the payload. */
@NullMarked
package io.kmdebug.monitor.syscall;

import org.jspecify.annotations.NullMarked;
