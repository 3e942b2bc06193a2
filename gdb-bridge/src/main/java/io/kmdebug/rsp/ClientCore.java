package io.kmdebug.rsp;

import io.kmdebug.rsp.StubTarget.MemoryRegion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a core takes: one that the stub writes itself, or what memory there is to write. */
final class ClientCore {
    /** A core of many gigabytes is written while nothing is heard. */
    private static final Duration WRITING = Duration.ofMinutes(30);

    private static final int MOST_REGIONS = 1 << 16;

    private final ClientConnection connection;
    private final ClientExchange exchange;

    ClientCore(ClientConnection connection, ClientExchange exchange) {
        this.connection = connection;
        this.exchange = exchange;
    }

    /** {@code qSaveCore}; empty where the stub writes none. LLDB: "qSaveCore". */
    Optional<String> save(@Nullable String path) {
        if (!exchange.features().has(ServerDispatch.STEPS_OVER)) return Optional.empty();
        PacketWriter request = exchange.start("qSaveCore");
        if (path != null) request.text(";path-hint:").hexText(path);
        connection.send(request);
        PacketCursor reply = connection.await(request, WRITING);
        if (reply == null) {
            connection.close();
            throw new RspException(
                    RspException.Kind.TIMEOUT,
                    "the stub has not written the core in " + WRITING.toMinutes() + " minutes");
        }
        if (reply.skip("E.")) throw new RspException(RspException.Kind.REFUSED, reply.rest());
        Replies.data(request, reply);
        if (!reply.skip("core-path:")) throw Replies.malformed(request, reply);
        PacketCursor name = PacketCursor.of(reply.rest().split(";", 2)[0]);
        byte[] written = exchange.understand(name, in -> in.hexBytes(in.remaining() / 2));
        return Optional.of(new String(written, StandardCharsets.UTF_8));
    }

    /** {@code qProcessInfo}: lldb-server says it nowhere else. LLDB: "qProcessInfo". */
    OptionalInt processId() {
        if (exchange.pid() > 0) return OptionalInt.of(exchange.pid());
        exchange.start("qProcessInfo");
        PacketCursor reply = exchange.reply();
        if (!reply.skip("pid:")) return OptionalInt.empty();
        return OptionalInt.of(exchange.understand(reply, PacketCursor::hexInt));
    }

    /** {@code qMemoryRegionInfo} from 0 on; empty where the stub does not know it. LLDB: "qMemoryRegionInfo". */
    List<MemoryRegion> regions() {
        List<MemoryRegion> regions = new ArrayList<>();
        long at = 0;
        while (regions.size() < MOST_REGIONS) {
            exchange.start("qMemoryRegionInfo:").hex(at);
            PacketCursor reply = exchange.reply();
            if (reply.atEnd() || Replies.isError(reply)) break;
            MemoryRegion region = exchange.understand(reply, ClientCore::region);
            if (region.protection() != 0) regions.add(region);
            if (Long.compareUnsigned(region.end(), at) <= 0) break;
            at = region.end();
        }
        return regions;
    }

    /** {@code start:HEX;size:HEX;permissions:rwx;name:HEX;}, and others that nothing here asks for. */
    private static MemoryRegion region(PacketCursor reply) {
        long start = 0;
        long size = 0;
        int protection = 0;
        String name = "";
        for (String field : reply.rest().split(";")) {
            int colon = field.indexOf(':');
            if (colon < 0) continue;
            PacketCursor value = PacketCursor.of(field.substring(colon + 1));
            switch (field.substring(0, colon)) {
                case "start" -> start = value.hex();
                case "size" -> size = value.hex();
                case "permissions" -> protection = protection(value.rest());
                case "name" -> name = new String(value.hexBytes(value.remaining() / 2), StandardCharsets.UTF_8);
                default -> {} // flags, types, dirty pages
            }
        }
        return new MemoryRegion(start, start + size, protection, name);
    }

    private static int protection(String letters) {
        return (letters.indexOf('r') >= 0 ? 1 : 0)
                | (letters.indexOf('w') >= 0 ? 2 : 0)
                | (letters.indexOf('x') >= 0 ? 4 : 0);
    }
}
