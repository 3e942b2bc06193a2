/** {@code kmdebug core}: one core explained. */
@NullMarked
package io.kmdebug.cli.core;

import org.jspecify.annotations.NullMarked;
