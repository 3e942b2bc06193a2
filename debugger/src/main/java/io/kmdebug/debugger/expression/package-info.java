/** C expressions over the variables, functions, types and registers of a frame. */
@NullMarked
package io.kmdebug.debugger.expression;

import org.jspecify.annotations.NullMarked;
