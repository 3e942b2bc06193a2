package io.kmdebug.dap.request;

import com.google.gson.JsonObject;
import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.dap.wire.ObjectReader;
import io.kmdebug.debugger.LaunchOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.lsp4j.debug.ProcessEventArgumentsStartMethod;
import org.jspecify.annotations.Nullable;

/** {@code launch}: boots a program in a virtual machine, held at its first instruction until configurationDone. */
final class LaunchHandler implements RequestHandler<JsonObject, Void> {
    @Override
    public String command() {
        return "launch";
    }

    @Override
    public Class<JsonObject> argumentType() {
        return JsonObject.class;
    }

    @Override
    public @Nullable Void handle(JsonObject arguments, Conversation conversation) {
        LaunchOptions options = options(new ObjectReader(arguments));
        conversation.open(true, listener -> conversation.sessions().launch(options, listener));
        Started.announce(conversation, options.program().toString(), ProcessEventArgumentsStartMethod.LAUNCH);
        return null;
    }

    private static LaunchOptions options(ObjectReader fields) {
        String program = fields.path("program");
        if (program == null) {
            throw new BadArgument(
                    "program", "is missing; name the x86-64 ELF executable to run, for example \"program\": \"./app\"");
        }
        return new LaunchOptions(
                Path.of(program),
                fields.strings("args"),
                Started.path(fields, "cwd"),
                environment(fields.nullableStrings("env")),
                fields.bool("stopOnEntry", false),
                fields.bool("stopAtMain", false),
                fields.strings("kmArgs"),
                Started.path(fields, "coreFile"),
                Started.path(fields, "km"),
                fields.stringMap("sourceMap"),
                Started.downloads(fields));
    }

    /** The changes applied to the adapter's own environment; null for no changes. */
    private static @Nullable Map<String, String> environment(@Nullable Map<String, @Nullable String> changes) {
        if (changes == null) {
            return null;
        }
        Map<String, String> environment = new HashMap<>(System.getenv());
        changes.forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new BadArgument(
                        "env", "has a variable named '" + name + "'; names are not empty and have no '='");
            }
            if (value == null) {
                environment.remove(name);
            } else {
                environment.put(name, value);
            }
        });
        return environment;
    }

    @Override
    public String notes() {
        return "`program` (required), `args`, `cwd`, `env` (merged over the adapter's; null removes), `stopOnEntry`, "
                + "`stopAtMain`, `kmArgs` (options for the monitor), `coreFile` (where a core goes), `km` (the monitor to "
                + "use), `sourceMap` (path prefixes, from: to), `debuginfod` (true: asks the servers in DEBUGINFOD_URLS). The payload "
                + "runs from `configurationDone` on";
    }
}
