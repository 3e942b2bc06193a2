/** What a crash means: pieces of the analysis that need no session, each of one subject. */
@NullMarked
package io.kmdebug.debugger.crash;

import org.jspecify.annotations.NullMarked;
