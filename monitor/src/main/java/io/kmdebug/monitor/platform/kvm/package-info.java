/** The payload in a KVM virtual machine: its instructions at CPL 3, a few stubs of the monitor beside them. */
@NullMarked
package io.kmdebug.monitor.platform.kvm;

import org.jspecify.annotations.NullMarked;
