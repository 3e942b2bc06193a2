/** The ground floor: ELF files, amd64 registers and their numberings, Linux signals, auxv, siginfo and notes. */
@NullMarked
package io.kmdebug.machine;

import org.jspecify.annotations.NullMarked;
