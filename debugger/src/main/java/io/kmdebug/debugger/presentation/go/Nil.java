package io.kmdebug.debugger.presentation.go;

import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;

/** A pointer, map, channel, function or interface that holds nothing. */
record Nil(String text) implements Presentation {
    @Override
    public void summarize(Summary out) {
        out.text(text);
    }
}
