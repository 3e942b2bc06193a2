package io.kmdebug.debugger.console;

import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.Session;
import java.util.List;
import java.util.stream.Collectors;

/** {@code files}: the descriptors that a core lists. */
final class ListFiles implements ConsoleCommand {
    @Override
    public String name() {
        return "files";
    }

    @Override
    public String usage() {
        return "files";
    }

    @Override
    public String summary() {
        return "the files that were open, of a core";
    }

    @Override
    public String run(String argument, int frameId, Session session) {
        List<OpenFile> files = session.openFiles();
        if (files.isEmpty()) return "no file was open";
        return files.stream().map(file -> file.number() + "  " + file.text()).collect(Collectors.joining("\n"));
    }
}
