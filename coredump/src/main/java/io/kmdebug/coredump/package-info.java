/** ELF cores: a reader that works by offset and a writer that streams. */
@NullMarked
package io.kmdebug.coredump;

import org.jspecify.annotations.NullMarked;
