package io.kmdebug.debugger.console;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SavedCore;
import io.kmdebug.debugger.Session;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** {@code core}: writes a core of a payload that goes on. */
final class SaveCore implements ConsoleCommand {
    @Override
    public String name() {
        return "core";
    }

    @Override
    public String usage() {
        return "core [FILE]";
    }

    @Override
    public String summary() {
        return "writes a core; the program stays as it is";
    }

    @Override
    public String run(String argument, int frameId, Session session) {
        String file = argument.strip();
        try {
            SavedCore saved = session.saveCore(file.isEmpty() ? null : Path.of(file));
            StringBuilder text = new StringBuilder("core written to ").append(saved.path());
            for (String note : saved.notes()) text.append("\nnote: ").append(note);
            return text.toString();
        } catch (InvalidPathException e) {
            throw new DebuggerException("No core: " + e.getMessage() + ".", e);
        }
    }
}
