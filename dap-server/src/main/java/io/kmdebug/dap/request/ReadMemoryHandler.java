package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.MemoryBlock;
import java.util.Base64;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ReadMemoryArguments;
import org.eclipse.lsp4j.debug.ReadMemoryResponse;

/** {@code readMemory}: bytes at an address, up to the first that cannot be read. */
final class ReadMemoryHandler implements RequestHandler<ReadMemoryArguments, ReadMemoryResponse> {
    private static final int MAX_BYTES = 16 << 20;

    @Override
    public String command() {
        return "readMemory";
    }

    @Override
    public Class<ReadMemoryArguments> argumentType() {
        return ReadMemoryArguments.class;
    }

    @Override
    public ReadMemoryResponse handle(ReadMemoryArguments arguments, Conversation conversation) {
        int count = arguments.getCount();
        if (count < 0 || count > MAX_BYTES) {
            throw new BadArgument("count", "must be from 0 to " + MAX_BYTES + ", not " + count);
        }
        long address = Addresses.parse(arguments.getMemoryReference(), arguments.getOffset(), "memoryReference");
        MemoryBlock block = conversation.session().readMemory(address, count);
        ReadMemoryResponse response = new ReadMemoryResponse();
        response.setAddress(Addresses.format(block.address()));
        response.setData(Base64.getEncoder().encodeToString(block.data()));
        if (block.unreadableBytes() != 0) {
            response.setUnreadableBytes(block.unreadableBytes());
        }
        return response;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsReadMemoryRequest(true);
    }

    @Override
    public String notes() {
        return "Up to 16 MiB; what cannot be read is counted in `unreadableBytes`, and is no error";
    }
}
