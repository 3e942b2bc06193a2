/** Crash reports as one HTML page that needs nothing but itself. */
@NullMarked
package io.kmdebug.cli.html;

import org.jspecify.annotations.NullMarked;
