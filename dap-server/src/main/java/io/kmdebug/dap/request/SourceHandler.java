package io.kmdebug.dap.request;

import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ChecksumAlgorithm;
import org.eclipse.lsp4j.debug.SourceArguments;
import org.eclipse.lsp4j.debug.SourceResponse;

/** {@code source}: the text of a file that the client cannot open itself. */
final class SourceHandler implements RequestHandler<SourceArguments, SourceResponse> {
    @Override
    public String command() {
        return "source";
    }

    @Override
    public Class<SourceArguments> argumentType() {
        return SourceArguments.class;
    }

    @Override
    public SourceResponse handle(SourceArguments arguments, Conversation conversation) {
        String path = conversation.sources().path(arguments.getSource(), arguments.getSourceReference(), "source");
        SourceResponse response = new SourceResponse();
        response.setContent(conversation.session().source(path));
        return response;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportedChecksumAlgorithms(new ChecksumAlgorithm[] {ChecksumAlgorithm.MD5});
    }

    @Override
    public String notes() {
        return "From disk, `sourceMap` applied, from the debug information, or from a debuginfod server. A source has the "
                + "MD5 that the compiler left; where the file on disk has another, an `output` event says so once";
    }
}
