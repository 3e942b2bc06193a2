package io.kmdebug.debugger.console;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.EvaluationContext;
import io.kmdebug.debugger.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a debug console. A line whose first word is one of them is a command, unless the program has a variable of
 * that name where one looks; with a backtick in front it is a command always.
 */
public final class Console {
    private static final char COMMAND = '`';
    private static final Map<String, ConsoleCommand> COMMANDS = new LinkedHashMap<>();

    static {
        List<ConsoleCommand> all = new ArrayList<>(List.of(new SaveCore(), new ListFiles()));
        all.add(0, new Help(all));
        for (ConsoleCommand command : all) COMMANDS.put(command.name(), command);
    }

    private Console() {}

    /**
     * Runs a command.
     *
     * @param frameId of the frame that is looked at, or 0
     * @return what it says; empty when the line is an expression
     * @throws DebuggerException when it fails
     */
    public static Optional<String> answer(String line, int frameId, Session session) {
        String text = line.strip();
        boolean forced = !text.isEmpty() && text.charAt(0) == COMMAND;
        if (forced) text = text.substring(1).strip();
        String[] words = text.split("\\s+", 2);
        ConsoleCommand command = COMMANDS.get(words[0]);
        if (command == null) {
            if (!forced) return Optional.empty();
            throw new DebuggerException("There is no command " + words[0] + "; help lists them.");
        }
        if (!forced && isVariable(words[0], frameId, session)) return Optional.empty();
        return Optional.of(command.run(words.length > 1 ? words[1] : "", frameId, session));
    }

    static @Nullable ConsoleCommand command(String name) {
        return COMMANDS.get(name);
    }

    private static boolean isVariable(String name, int frameId, Session session) {
        if (!session.isStopped()) return false;
        try {
            return session.evaluate(name, frameId, EvaluationContext.WATCH, false)
                    .available();
        } catch (DebuggerException e) {
            return false; // no such name
        }
    }
}
