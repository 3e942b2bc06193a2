package io.kmdebug.dap.request;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.debug.Capabilities;
import org.jspecify.annotations.Nullable;

/** The requests this adapter answers, by name. */
public final class Requests {
    private final Map<String, RequestHandler<?, ?>> byCommand = new LinkedHashMap<>();

    public Requests() {
        List<RequestHandler<?, ?>> handlers = List.of(
                new InitializeHandler(this::capabilities),
                new LaunchHandler(),
                new AttachHandler(),
                new ConfigurationDoneHandler(),
                new SetBreakpointsHandler(),
                new SetFunctionBreakpointsHandler(),
                new SetExceptionBreakpointsHandler(),
                new ThreadsHandler(),
                new StackTraceHandler(),
                new ScopesHandler(),
                new VariablesHandler(),
                new EvaluateHandler(),
                new SetVariableHandler(),
                new SetExpressionHandler(),
                new ContinueHandler(),
                new NextHandler(),
                new StepInHandler(),
                new StepOutHandler(),
                new PauseHandler(),
                new SourceHandler(),
                new ReadMemoryHandler(),
                new WriteMemoryHandler(),
                new DisassembleHandler(),
                new ModulesHandler(),
                new ExceptionInfoHandler(),
                new SaveCoreHandler(),
                new CancelHandler(),
                new TerminateHandler(),
                new DisconnectHandler());
        handlers.forEach(handler -> byCommand.put(handler.command(), handler));
    }

    public @Nullable RequestHandler<?, ?> find(String command) {
        return byCommand.get(command);
    }

    public Collection<RequestHandler<?, ?>> all() {
        return byCommand.values();
    }

    /** What all handlers together declare. */
    public Capabilities capabilities() {
        Capabilities capabilities = new Capabilities();
        byCommand.values().forEach(handler -> handler.declare(capabilities));
        return capabilities;
    }
}
