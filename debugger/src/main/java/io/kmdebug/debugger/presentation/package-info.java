/** How the types of languages' libraries are shown: which recipes there are. */
@NullMarked
package io.kmdebug.debugger.presentation;

import org.jspecify.annotations.NullMarked;
