/** Everything of a stopped payload but the contents of its memory, as records, and their serial form. */
@NullMarked
package io.kmdebug.monitor.state;

import org.jspecify.annotations.NullMarked;
