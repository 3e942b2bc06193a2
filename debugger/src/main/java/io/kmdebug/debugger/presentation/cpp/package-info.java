/** The C++ standard library's types as their users see them: libstdc++ and libc++. */
@NullMarked
package io.kmdebug.debugger.presentation.cpp;

import org.jspecify.annotations.NullMarked;
