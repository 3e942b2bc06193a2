/** What runs the payload's instructions, whatever it is made of. */
@NullMarked
package io.kmdebug.monitor.platform;

import org.jspecify.annotations.NullMarked;
