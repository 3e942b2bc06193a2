/** What DAP requests mean: one class for each, and what they share of a conversation with a client. */
@NullMarked
package io.kmdebug.dap.request;

import org.jspecify.annotations.NullMarked;
