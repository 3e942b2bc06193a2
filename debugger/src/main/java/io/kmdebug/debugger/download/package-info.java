/** Files that are not on this machine: a client of debuginfod servers, and its cache. */
@NullMarked
package io.kmdebug.debugger.download;

import org.jspecify.annotations.NullMarked;
