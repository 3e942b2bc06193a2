package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.SessionListener;
import io.kmdebug.debugger.SessionListener.OutputKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is missing or odd, for the user: each thing once. Kept until the client listens. */
final class Notices {
    private final SessionListener listener;
    private final Set<String> texts = new LinkedHashSet<>();
    private boolean listening;

    Notices(SessionListener listener) {
        this.listener = listener;
    }

    void add(String text) {
        if (texts.add(text) && listening) say(text);
    }

    /** The client listens: it is told what has been kept, and from now on all at once. */
    void tell() {
        texts.forEach(this::say);
        listening = true;
    }

    private void say(String text) {
        listener.output(OutputKind.CONSOLE, text + "\n");
    }

    List<String> all() {
        return List.copyOf(texts);
    }
}
