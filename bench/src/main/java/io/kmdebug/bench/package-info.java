/** Benchmarks: ratios against peers in one run, printed as the table of docs/performance.md. */
@NullMarked
package io.kmdebug.bench;

import org.jspecify.annotations.NullMarked;
