package io.kmdebug.dap.request;

import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StopReason;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ExceptionBreakMode;
import org.eclipse.lsp4j.debug.ExceptionDetails;
import org.eclipse.lsp4j.debug.ExceptionInfoArguments;
import org.eclipse.lsp4j.debug.ExceptionInfoResponse;

/** {@code exceptionInfo}: the signal at which the payload stands, and what it means. */
final class ExceptionInfoHandler implements RequestHandler<ExceptionInfoArguments, ExceptionInfoResponse> {
    @Override
    public String command() {
        return "exceptionInfo";
    }

    @Override
    public Class<ExceptionInfoArguments> argumentType() {
        return ExceptionInfoArguments.class;
    }

    @Override
    public ExceptionInfoResponse handle(ExceptionInfoArguments arguments, Conversation conversation) {
        StopReason reason = conversation.session().stopReason().orElse(null);
        if (!(reason instanceof StopReason.Signal signal)) {
            throw new DebuggerException("the payload does not stand at a signal");
        }
        String explanation = conversation.session().explanation();
        ExceptionDetails details = new ExceptionDetails();
        details.setTypeName(signal.name());
        details.setFullTypeName(signal.description());
        details.setMessage(explanation);
        if (signal.faultAddress() != null) {
            details.setEvaluateName(Addresses.format(signal.faultAddress()));
        }
        ExceptionInfoResponse response = new ExceptionInfoResponse();
        response.setExceptionId(signal.name());
        response.setDescription(explanation);
        response.setBreakMode(
                conversation.signals().numbers().contains(signal.signal())
                        ? ExceptionBreakMode.ALWAYS
                        : ExceptionBreakMode.UNHANDLED);
        response.setDetails(details);
        return response;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsExceptionInfoRequest(true);
    }
}
