package io.kmdebug.dap.request;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.kmdebug.dap.wire.ObjectReader;
import io.kmdebug.debugger.SavedCore;
import java.nio.file.Path;

/** {@code kmdebug/saveCore}, not one of DAP's: writes a core of a payload that goes on. */
final class SaveCoreHandler implements RequestHandler<JsonObject, JsonObject> {
    @Override
    public String command() {
        return "kmdebug/saveCore";
    }

    @Override
    public Class<JsonObject> argumentType() {
        return JsonObject.class;
    }

    @Override
    public JsonObject handle(JsonObject arguments, Conversation conversation) {
        String path = new ObjectReader(arguments).path("path");
        SavedCore saved = conversation.session().saveCore(path == null ? null : Path.of(path));
        JsonObject body = new JsonObject();
        body.addProperty("path", saved.path());
        JsonArray notes = new JsonArray();
        saved.notes().forEach(notes::add);
        body.add("notes", notes);
        return body;
    }

    @Override
    public String notes() {
        return "Not one of DAP's. Writes a core of a payload that goes on, also while it runs, to `path` (left out: where km "
                + "writes cores, else `core.PID`). The answer has `path`, and in `notes` (array of strings) what is missing. km "
                + "writes it itself, on its own machine; of what another stub holds the adapter does";
    }
}
