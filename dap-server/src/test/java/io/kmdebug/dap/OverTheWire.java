package io.kmdebug.dap;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A client and a server over the wire, with a session whose answers are known. */
abstract class OverTheWire {
    @TempDir
    Path folder;

    FakeSession.Factory sessions;
    DapClient client;
    Path source;

    @BeforeEach
    void connect() throws IOException {
        source = Files.writeString(folder.resolve("app.c"), "int main() {\n  return 0;\n}\n");
        sessions = new FakeSession.Factory(source);
        client = new DapClient(sessions);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    final List<String> calls() {
        return sessions.session().calls;
    }

    static JsonObject first(JsonObject body, String array) {
        return body.getAsJsonArray(array).get(0).getAsJsonObject();
    }

    static List<String> texts(JsonArray array, String field) {
        return array.asList().stream()
                .map(e -> e.getAsJsonObject().get(field).getAsString())
                .toList();
    }
}
