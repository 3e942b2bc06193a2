/** {@code kmdebug dump}: cores of programs that go on. */
@NullMarked
package io.kmdebug.cli.dump;

import org.jspecify.annotations.NullMarked;
