package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.DebuggerException;
import java.util.Base64;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.WriteMemoryArguments;
import org.eclipse.lsp4j.debug.WriteMemoryResponse;

/** {@code writeMemory}: puts bytes at an address. */
final class WriteMemoryHandler implements RequestHandler<WriteMemoryArguments, WriteMemoryResponse> {
    @Override
    public String command() {
        return "writeMemory";
    }

    @Override
    public Class<WriteMemoryArguments> argumentType() {
        return WriteMemoryArguments.class;
    }

    @Override
    public WriteMemoryResponse handle(WriteMemoryArguments arguments, Conversation conversation) {
        long address = Addresses.parse(arguments.getMemoryReference(), arguments.getOffset(), "memoryReference");
        byte[] data;
        try {
            data = Base64.getDecoder().decode(arguments.getData());
        } catch (IllegalArgumentException e) {
            throw new BadArgument("data", "must be base64: " + e.getMessage());
        }
        int written = conversation.session().writeMemory(address, data);
        if (written < data.length && !Boolean.TRUE.equals(arguments.getAllowPartial())) {
            throw new DebuggerException("only " + written + " of " + data.length + " bytes at "
                    + Addresses.format(address) + " could be written; set 'allowPartial' to accept that");
        }
        WriteMemoryResponse response = new WriteMemoryResponse();
        response.setBytesWritten(written);
        return response;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsWriteMemoryRequest(true);
    }
}
