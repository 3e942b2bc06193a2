/** Values of the payload: where they live, their bytes, their text, their children, and changing them. */
@NullMarked
package io.kmdebug.debugger.value;

import org.jspecify.annotations.NullMarked;
