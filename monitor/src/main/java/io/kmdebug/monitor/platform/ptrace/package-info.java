/**
 * The platform for hosts without virtualisation: the payload's instructions run in a child process, each of its threads
 * traced by the platform thread that carries it. ptrace(2), PTRACE_SYSEMU.
 */
@NullMarked
package io.kmdebug.monitor.platform.ptrace;

import org.jspecify.annotations.NullMarked;
