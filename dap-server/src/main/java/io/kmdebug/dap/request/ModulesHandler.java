package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.ModuleInfo;
import java.util.List;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ColumnDescriptor;
import org.eclipse.lsp4j.debug.ColumnDescriptorType;
import org.eclipse.lsp4j.debug.Module;
import org.eclipse.lsp4j.debug.ModulesArguments;
import org.eclipse.lsp4j.debug.ModulesResponse;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.jspecify.annotations.Nullable;

/** {@code modules}: the images in the payload's memory. */
final class ModulesHandler implements RequestHandler<ModulesArguments, ModulesResponse> {
    /** A module with the column that DAP leaves to the adapter. */
    @SuppressWarnings("unused") // read by gson
    private static final class Image extends Module {
        private @Nullable String buildId;
    }

    @Override
    public String command() {
        return "modules";
    }

    @Override
    public Class<ModulesArguments> argumentType() {
        return ModulesArguments.class;
    }

    @Override
    public ModulesResponse handle(ModulesArguments arguments, Conversation conversation) {
        int start = arguments.getStartModule() == null ? 0 : arguments.getStartModule();
        int count = arguments.getModuleCount() == null ? 0 : arguments.getModuleCount();
        if (start < 0) {
            throw new BadArgument("startModule", "must be 0 or more, not " + start);
        }
        if (count < 0) {
            throw new BadArgument("moduleCount", "must be 0 (all) or more, not " + count);
        }
        List<ModuleInfo> all = conversation.session().modules();
        ModulesResponse response = new ModulesResponse();
        response.setModules(all.stream()
                .skip(start)
                .limit(count == 0 ? all.size() : count)
                .map(ModulesHandler::module)
                .toArray(Module[]::new));
        response.setTotalModules(all.size());
        return response;
    }

    private static Module module(ModuleInfo info) {
        Image module = new Image();
        module.setId(Either.forRight(info.id()));
        module.setName(info.name());
        module.setPath(info.path());
        module.setSymbolStatus(info.symbolStatus());
        module.setAddressRange(Addresses.format(info.low()) + "-" + Addresses.format(info.high()));
        module.buildId = info.buildId();
        return module;
    }

    @Override
    public void declare(Capabilities capabilities) {
        capabilities.setSupportsModulesRequest(true);
        ColumnDescriptor buildId = new ColumnDescriptor();
        buildId.setAttributeName("buildId");
        buildId.setLabel("Build ID");
        buildId.setType(ColumnDescriptorType.STRING);
        capabilities.setAdditionalModuleColumns(new ColumnDescriptor[] {buildId});
    }
}
