/** Crash reports: how cores are read for them, and reports as text and JSON. */
@NullMarked
package io.kmdebug.cli.report;

import org.jspecify.annotations.NullMarked;
