/** What values of Go stand for: the built-in types, and what the run-time system keeps behind them. */
@NullMarked
package io.kmdebug.debugger.presentation.go;

import org.jspecify.annotations.NullMarked;
