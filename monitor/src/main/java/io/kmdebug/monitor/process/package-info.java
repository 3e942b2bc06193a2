/** The payload as one process among others: fork, vfork, exec, wait, and the spare monitors that become its children. */
@NullMarked
package io.kmdebug.monitor.process;

import org.jspecify.annotations.NullMarked;
