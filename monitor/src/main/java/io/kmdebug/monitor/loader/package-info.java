/** Brings an ELF program and its initial stack into the payload's address space. */
@NullMarked
package io.kmdebug.monitor.loader;

import org.jspecify.annotations.NullMarked;
