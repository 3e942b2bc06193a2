/** The wire: framing that finds its way back after broken input, strict reading of arguments, whole messages out. */
@NullMarked
package io.kmdebug.dap.wire;

import org.jspecify.annotations.NullMarked;
