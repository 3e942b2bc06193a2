package io.kmdebug.dap.request;

import com.google.gson.JsonObject;
import org.eclipse.lsp4j.debug.Capabilities;
import org.jspecify.annotations.Nullable;

/** {@code configurationDone}: lets a launched payload go, or reports where an attached one or a core stands. */
final class ConfigurationDoneHandler implements RequestHandler<JsonObject, Void> {
    @Override
    public String command() {
        return "configurationDone";
    }

    @Override
    public Class<JsonObject> argumentType() {
        return JsonObject.class;
    }

    @Override
    public @Nullable Void handle(JsonObject arguments, Conversation conversation) {
        conversation.configurationDone();
        return null;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsConfigurationDoneRequest(true);
    }

    @Override
    public String notes() {
        return "Starts the payload; for an attached one or a core it is followed by `stopped`";
    }
}
