/** The Debug Adapter Protocol face of the debugger. */
@NullMarked
package io.kmdebug.dap;

import org.jspecify.annotations.NullMarked;
