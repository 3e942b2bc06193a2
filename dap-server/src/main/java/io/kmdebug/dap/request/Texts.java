package io.kmdebug.dap.request;

import org.jspecify.annotations.Nullable;

/** Optional texts: clients send an empty one where they mean none. */
final class Texts {
    private Texts() {}

    static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
