/** Machine code as text. */
@NullMarked
package io.kmdebug.debugger.code;

import org.jspecify.annotations.NullMarked;
