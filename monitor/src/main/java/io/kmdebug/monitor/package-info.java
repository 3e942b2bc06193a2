/** The monitor {@code km}: boots one x86-64 ELF program in a virtual machine and serves its system calls. */
@NullMarked
package io.kmdebug.monitor;

import org.jspecify.annotations.NullMarked;
