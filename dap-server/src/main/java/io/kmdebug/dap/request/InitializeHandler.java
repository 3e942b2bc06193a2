package io.kmdebug.dap.request;

import java.util.function.Supplier;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.InitializeRequestArguments;

/** {@code initialize}: takes the client's way of counting and answers what this adapter can do. */
final class InitializeHandler implements RequestHandler<InitializeRequestArguments, Capabilities> {
    private final Supplier<Capabilities> capabilities;

    InitializeHandler(Supplier<Capabilities> capabilities) {
        this.capabilities = capabilities;
    }

    @Override
    public String command() {
        return "initialize";
    }

    @Override
    public Class<InitializeRequestArguments> argumentType() {
        return InitializeRequestArguments.class;
    }

    @Override
    public Capabilities handle(InitializeRequestArguments arguments, Conversation conversation) {
        conversation.initialize(arguments);
        return capabilities.get();
    }

    @Override
    public String notes() {
        return "`linesStartAt1`, `columnsStartAt1`, `pathFormat` (`path`, `uri`), `supportsVariableType` and "
                + "`supportsProgressReporting` are honoured";
    }
}
