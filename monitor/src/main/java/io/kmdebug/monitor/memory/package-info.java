/** The payload's address space: what is mapped where, with which protection, and access to it. */
@NullMarked
package io.kmdebug.monitor.memory;

import org.jspecify.annotations.NullMarked;
