package io.kmdebug.dap.request;

import com.google.gson.JsonObject;
import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.dap.wire.ObjectReader;
import io.kmdebug.debugger.AttachOptions;
import io.kmdebug.debugger.CoreOptions;
import io.kmdebug.debugger.StubPlace;
import java.nio.file.Path;
import org.eclipse.lsp4j.debug.ProcessEventArgumentsStartMethod;
import org.jspecify.annotations.Nullable;

/** {@code attach}: to a running payload through its stub, or to what a dead one left. */
final class AttachHandler implements RequestHandler<JsonObject, Void> {
    private static final int MAX_PORT = 65535;

    @Override
    public String command() {
        return "attach";
    }

    @Override
    public Class<JsonObject> argumentType() {
        return JsonObject.class;
    }

    @Override
    public @Nullable Void handle(JsonObject arguments, Conversation conversation) {
        ObjectReader fields = new ObjectReader(arguments);
        if (fields.has("coreFile")) {
            openCore(fields, conversation);
        } else {
            connect(fields, conversation);
        }
        return null;
    }

    private static void openCore(ObjectReader fields, Conversation conversation) {
        for (String other : new String[] {"host", "port", "target", "socket", "tokenFile"}) {
            if (fields.has(other)) {
                throw new BadArgument(other, "does not go with 'coreFile': a core has no stub to connect to");
            }
        }
        String core = fields.path("coreFile");
        if (core == null) {
            throw new BadArgument("coreFile", "is missing");
        }
        CoreOptions options = new CoreOptions(
                Path.of(core),
                Started.path(fields, "program"),
                fields.stringMap("sourceMap"),
                Started.downloads(fields),
                Started.path(fields, "sysroot"));
        conversation.open(false, listener -> conversation.sessions().openCore(options, listener));
        Started.announce(conversation, core, ProcessEventArgumentsStartMethod.ATTACH);
    }

    private static void connect(ObjectReader fields, Conversation conversation) {
        AttachOptions options = stub(fields);
        conversation.open(false, listener -> conversation.sessions().attach(options, listener));
        Started.announce(conversation, options.stub().toString(), ProcessEventArgumentsStartMethod.ATTACH);
    }

    private static AttachOptions stub(ObjectReader fields) {
        return new AttachOptions(
                place(fields),
                Started.path(fields, "program"),
                fields.stringMap("sourceMap"),
                Started.downloads(fields));
    }

    private static StubPlace place(ObjectReader fields) {
        Path socket = Started.path(fields, "socket");
        if (socket == null) {
            return portPlace(fields);
        }
        for (String other : new String[] {"host", "port", "target", "tokenFile"}) {
            if (fields.has(other)) {
                throw new BadArgument(other, "does not go with 'socket', which is the whole way to a stub");
            }
        }
        return new StubPlace.Socket(socket);
    }

    private static StubPlace portPlace(ObjectReader fields) {
        String target = fields.string("target");
        Integer port = fields.integer("port", 1, MAX_PORT);
        String host = fields.string("host");
        if (target != null && (port != null || host != null)) {
            throw new BadArgument("target", "and 'host' or 'port' say the same twice; give one of them");
        }
        if (target != null) {
            int colon = target.lastIndexOf(':');
            host = target.substring(0, Math.max(colon, 0));
            port = port(target.substring(colon + 1));
            if (port == null) {
                throw new BadArgument("target", "must be host:port with a port from 1 to 65535, not '" + target + "'");
            }
        }
        if (port == null) {
            throw new BadArgument(
                    "port",
                    "is missing; give 'port' (and 'host'), 'target' (host:port) or 'socket' of a stub, or 'coreFile' for a core");
        }
        return new StubPlace.Port(
                host == null || host.isEmpty() ? "127.0.0.1" : host, port, Started.path(fields, "tokenFile"));
    }

    private static @Nullable Integer port(String digits) {
        if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int port = Integer.parseInt(digits);
        return port >= 1 && port <= MAX_PORT ? port : null;
    }

    @Override
    public String notes() {
        return "To a stub: `port` and `host` (127.0.0.1 when left out), or `target` (`host:port`), and `tokenFile` for one that asks for a token; or `socket`, a path; to a core: `coreFile`, `sysroot`. "
                + "Both: `program` (else what the stub or core names), `sourceMap`, `debuginfod`. Nothing resumes the payload by itself";
    }
}
