package io.kmdebug.tests;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One program of the table: what is started in the virtual machine, what runs natively around it, and what is known not
 * to run. Words of a command may hold {@code {port}} (a free one of 127.0.0.1), {@code {scripts}} and {@code {payloads}}
 * (folders). A first word without a slash is searched in the system's folders.
 */
final class Program {
    private final String name;
    private final String what;
    private final List<String> command;
    private final List<List<String>> clients = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final Map<String, String> replacements = new LinkedHashMap<>();
    private final Map<Shipped.Platform, String> differs = new EnumMap<>(Shipped.Platform.class);
    private List<String> peer = List.of();
    private String input = "";
    private int status;

    private Program(String name, String what, List<String> command) {
        this.name = name;
        this.what = what;
        this.command = command;
    }

    /** @param name with the package's or project's own name; {@code what} says what it does here */
    static Program of(String name, String what, String... command) {
        return new Program(name, what, List.of(command));
    }

    /** What it reads from standard input. */
    Program input(String text) {
        input = text;
        return this;
    }

    /** The exit status that it has natively; 128 + n when signal n ends it. */
    Program status(int expected) {
        status = expected;
        return this;
    }

    Program environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A file in the folder it is started in. */
    Program file(String path, String content) {
        files.put(path, content);
        return this;
    }

    /** It is a server: this command is run natively beside it when it listens at {@code {port}}; then it gets SIGTERM. */
    Program client(String... words) {
        clients.add(List.of(words));
        return this;
    }

    /** It is a client: this server runs natively beside it, and listens at {@code {port}} before it starts. */
    Program server(String... words) {
        peer = List.of(words);
        return this;
    }

    /** Something in the output that differs from one native run to the next. */
    Program varying(String regex, String replacement) {
        replacements.put(regex, replacement);
        return this;
    }

    /** It does not run as natively on this platform, for this reason. The day it does, the test says so. */
    Program differsOn(Shipped.Platform platform, String reason) {
        differs.put(platform, reason);
        return this;
    }

    Program differs(String reason) {
        for (Shipped.Platform platform : Shipped.Platform.values()) differsOn(platform, reason);
        return this;
    }

    String name() {
        return name;
    }

    String what() {
        return what;
    }

    List<String> command() {
        return command;
    }

    List<List<String>> clients() {
        return clients;
    }

    List<String> server() {
        return peer;
    }

    String input() {
        return input;
    }

    int status() {
        return status;
    }

    Map<String, String> environment() {
        return environment;
    }

    Map<String, String> files() {
        return files;
    }

    Map<String, String> replacements() {
        return replacements;
    }

    @Nullable
    String reason(Shipped.Platform platform) {
        return differs.get(platform);
    }
}
