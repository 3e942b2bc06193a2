/** {@code kmdebug core}: crash reports as text and JSON. */
@NullMarked
package io.kmdebug.cli.report;

import org.jspecify.annotations.NullMarked;
