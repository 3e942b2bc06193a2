/** {@code kmdebug demo}: a whole session through the debug adapter. */
@NullMarked
package io.kmdebug.cli.demo;

import org.jspecify.annotations.NullMarked;
