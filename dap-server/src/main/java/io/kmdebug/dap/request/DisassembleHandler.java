package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.InstructionInfo;
import io.kmdebug.debugger.SourceLocation;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.DisassembleArguments;
import org.eclipse.lsp4j.debug.DisassembleResponse;
import org.eclipse.lsp4j.debug.DisassembledInstruction;
import org.eclipse.lsp4j.debug.DisassembledInstructionPresentationHint;

/** {@code disassemble}: instructions around an address, as many as asked for. */
final class DisassembleHandler implements RequestHandler<DisassembleArguments, DisassembleResponse> {
    private static final int MAX_INSTRUCTIONS = 100_000;
    private static final HexFormat BYTES = HexFormat.ofDelimiter(" ");

    @Override
    public String command() {
        return "disassemble";
    }

    @Override
    public Class<DisassembleArguments> argumentType() {
        return DisassembleArguments.class;
    }

    @Override
    public DisassembleResponse handle(DisassembleArguments arguments, Conversation conversation) {
        int count = arguments.getInstructionCount();
        if (count < 0 || count > MAX_INSTRUCTIONS) {
            throw new BadArgument("instructionCount", "must be from 0 to " + MAX_INSTRUCTIONS + ", not " + count);
        }
        int offset = arguments.getInstructionOffset() == null ? 0 : arguments.getInstructionOffset();
        if (Math.abs((long) offset) > MAX_INSTRUCTIONS) {
            throw new BadArgument(
                    "instructionOffset",
                    "must be from -" + MAX_INSTRUCTIONS + " to " + MAX_INSTRUCTIONS + ", not " + offset);
        }
        long address = Addresses.parse(arguments.getMemoryReference(), arguments.getOffset(), "memoryReference");
        List<InstructionInfo> infos = conversation.session().disassemble(address, offset, count);
        boolean symbols = !Boolean.FALSE.equals(arguments.getResolveSymbols());
        DisassembleResponse response = new DisassembleResponse();
        response.setInstructions(infos.stream()
                .map(info -> instruction(info, symbols, conversation.sources()))
                .toArray(DisassembledInstruction[]::new));
        return response;
    }

    private static DisassembledInstruction instruction(InstructionInfo info, boolean symbols, Sources sources) {
        DisassembledInstruction instruction = new DisassembledInstruction();
        instruction.setAddress(Addresses.format(info.address()));
        instruction.setInstructionBytes(BYTES.formatHex(info.bytes()));
        instruction.setInstruction(info.text());
        if (symbols) {
            instruction.setSymbol(info.symbol());
        }
        SourceLocation location = info.location();
        if (location != null) {
            instruction.setLocation(sources.source(location));
            instruction.setLine(sources.clientLine(location.line()));
            instruction.setColumn(sources.clientColumn(location.column()));
        }
        if (!info.valid()) {
            instruction.setPresentationHint(DisassembledInstructionPresentationHint.INVALID);
        }
        return instruction;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsDisassembleRequest(true);
    }

    @Override
    public String notes() {
        return "`instructionOffset` may be negative and is exact; unreadable places are marked `invalid`";
    }
}
