package io.kmdebug.dap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.kmdebug.dap.request.RequestHandler;
import io.kmdebug.dap.request.Requests;
import io.kmdebug.dap.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.eclipse.lsp4j.debug.Capabilities;
import org.junit.jupiter.api.Test;

/**
 * docs/dap.md is made from the handlers. {@code -Dkmdebug.updateDocs=true} writes it; without, this test says whether it
 * is current.
 */
class DapReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "dap.md");

    @Test
    void theReferenceIsCurrent() throws Exception {
        String expected = reference();
        if (Boolean.getBoolean("kmdebug.updateDocs")) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, expected);
        }
        assertThat(REFERENCE)
                .as(
                        "docs/dap.md; write it anew with mvn test -pl dap-server -am -Dtest=DapReferenceTest -Dkmdebug.updateDocs=true")
                .hasContent(expected);
    }

    @Test
    void everyAdvertisedCapabilityComesFromAHandler() {
        JsonObject all = Json.toTree(new Requests().capabilities()).getAsJsonObject();
        assertThat(all.keySet())
                .isEqualTo(new Requests()
                        .all().stream()
                                .flatMap(h -> declared(h).keySet().stream())
                                .collect(Collectors.toSet()));
    }

    private static JsonObject declared(RequestHandler<?, ?> handler) {
        Capabilities capabilities = new Capabilities();
        handler.declare(capabilities);
        return Json.toTree(capabilities).getAsJsonObject();
    }

    private static String reference() {
        StringBuilder text = new StringBuilder("""
                # The debug adapter: requests and capabilities

                Made from the request handlers of `dap-server`; a test keeps it current. `kmdebug dap` speaks the Debug Adapter
                Protocol 1.69 on standard input and output, `kmdebug dap --listen [HOST:]PORT` on TCP.

                | request | capabilities it brings | notes |
                |---|---|---|
                """);
        for (RequestHandler<?, ?> handler : new Requests().all()) {
            String capabilities = declared(handler).keySet().stream()
                    .map(name -> "`" + name + "`")
                    .collect(Collectors.joining(", "));
            text.append("| `")
                    .append(handler.command())
                    .append("` | ")
                    .append(capabilities)
                    .append(" | ");
            text.append(handler.notes().replace("|", "\\|")).append(" |\n");
        }
        text.append("""

                Events: `initialized` (after the response to launch or attach), `process`, `stopped` (always all threads),
                `continued`, `thread`, `breakpoint`, `output`, `exited`, `terminated`. An event raised while a request runs follows
                its response; the payload's output does not wait.

                A request that fails has a `message` for the user, and fails alone. A request not in this table is answered with an
                error. Broken input (a wrong `Content-Length`, malformed JSON) is answered where it says whose it is, else reported
                as output; the adapter goes on with the next message. When the input ends, the session and its payload end too,
                and the process exits: 0 after an orderly end, 1 when the input ended inside a message.
                """);
        return text.toString();
    }
}
