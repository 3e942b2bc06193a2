package io.kmdebug.debugger.presentation.rust;

import io.kmdebug.debugger.value.Children;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.Summary;
import io.kmdebug.debugger.value.Value;
import java.util.Optional;

/** Another presentation under the name that one would write for its type. */
record Renamed(Presentation shown, String name) implements Presentation {
    @Override
    public void summarize(Summary out) {
        shown.summarize(out);
    }

    @Override
    public Children children() {
        return shown.children();
    }

    @Override
    public Optional<Value> target() {
        return shown.target();
    }

    @Override
    public Optional<Value> standsFor() {
        return shown.standsFor();
    }

    @Override
    public boolean hidesMembers() {
        return shown.hidesMembers();
    }

    @Override
    public Optional<String> typeName() {
        return Optional.of(name);
    }
}
