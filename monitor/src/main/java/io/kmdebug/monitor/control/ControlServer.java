package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Answers at the monitor's own sockets, on one thread of its own: requests for snapshots and cores at the management
 * socket, who this is at the record's. Nobody there can hold the payload up: clients are served as far as they come,
 * many at a time, each for a few seconds at most; what is no request is answered with an error or not at all.
 */
final class ControlServer implements Runnable {
    private static final int MOST_CLIENTS = 64;
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final long SETTLED_NANOS = 150_000_000L;
    private static final int SETTLED_MILLIS = 150;
    private static final int TICK_MILLIS = 200;
    private static final int EINVAL = 22;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int POLL_BYTES = 8;
    private static final int MOST_LISTENERS = 2;
    private static final int LONGEST_DRAIN = 64;

    /** The record of this process, for those who list processes. */
    interface Record {
        /** Makes its socket; negative when there is none. To be called once, when the payload has run for a while. */
        int open();

        /** What is said there, made anew for each client. */
        byte[] now();
    }

    /** One connection. Bytes come in until there is a request, then the answer goes out. */
    private static final class Client {
        final int socket;
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        final byte[] request = new byte[SnapshotRequest.BYTES];
        int received;
        byte[] answer = {};
        int sent;

        Client(int socket) {
            this.socket = socket;
        }
    }

    private final SnapshotTaker taker;
    private final Record record;
    private final int management;
    private final List<Client> clients = new ArrayList<>();
    private final long structs = HostMemory.allocate((long) POLL_BYTES * (MOST_CLIENTS + MOST_LISTENERS));
    private final long buffer = HostMemory.allocate(SnapshotRequest.BYTES);
    private int recordSocket = -1;

    /** @param management the listening management socket, or negative */
    ControlServer(SnapshotTaker taker, Record record, int management) {
        this.taker = taker;
        this.record = record;
        this.management = management;
    }

    @Override
    public void run() {
        // Who asks for snapshots may come at once; the record is for payloads that stay.
        long start = System.nanoTime();
        while (management >= 0 && System.nanoTime() - start < SETTLED_NANOS) serve(SETTLED_MILLIS);
        recordSocket = record.open();
        while (management >= 0 || recordSocket >= 0) serve(clients.isEmpty() ? -1 : TICK_MILLIS);
    }

    private void serve(int timeoutMillis) {
        int count = 0;
        boolean room = clients.size() < MOST_CLIENTS;
        count = watch(count, room ? management : -1, POLLIN);
        count = watch(count, room ? recordSocket : -1, POLLIN);
        for (Client client : clients) count = watch(count, client.socket, client.answer.length > 0 ? POLLOUT : POLLIN);
        UnixSocket.poll(structs, count, timeoutMillis);
        int known = clients.size();
        if (ready(0)) accept(management);
        if (ready(1)) greet(recordSocket);
        for (int i = 0; i < known; i++) if (ready(MOST_LISTENERS + i)) advance(clients.get(i));
        dropFinished();
    }

    /** A negative descriptor is not looked at. */
    private int watch(int index, int descriptor, int events) {
        HostMemory.putInt(structs + (long) POLL_BYTES * index, descriptor);
        HostMemory.putInt(structs + (long) POLL_BYTES * index + 4, events);
        return index + 1;
    }

    private boolean ready(int index) {
        return HostMemory.getShort(structs + (long) POLL_BYTES * index + 6) != 0;
    }

    private void accept(int listener) {
        int socket = UnixSocket.accept(listener);
        if (socket >= 0) clients.add(new Client(socket));
    }

    private void greet(int listener) {
        int socket = UnixSocket.accept(listener);
        if (socket < 0) return;
        Client client = new Client(socket);
        client.answer = record.now();
        clients.add(client);
    }

    private void advance(Client client) {
        if (client.answer.length > 0) send(client);
        else receive(client);
    }

    private void receive(Client client) {
        int n = UnixSocket.receive(client.socket, buffer, client.request.length - client.received);
        if (n > 0) {
            HostMemory.read(buffer, client.request, client.received, n);
            client.received += n;
        }
        boolean header = client.received >= SnapshotRequest.HEADER_BYTES;
        if (n > 0 && client.received < client.request.length && !(header && isWrong(client))) return;
        if (n < 0 && isTemporary(-n)) return;
        finish(client);
    }

    private static boolean isTemporary(int errno) {
        return errno == 11 || errno == 4; // EAGAIN, EINTR
    }

    private static boolean isWrong(Client client) {
        int opcode =
                ByteBuffer.wrap(client.request).order(ByteOrder.nativeOrder()).getInt(0);
        return opcode != SnapshotRequest.SNAPSHOT && opcode != SnapshotRequest.CORE;
    }

    /** All that is going to come is here. */
    private void finish(Client client) {
        if (client.received < SnapshotRequest.HEADER_BYTES) {
            client.sent = Integer.MAX_VALUE;
            return;
        }
        int result = EINVAL;
        if (!isWrong(client) && client.received >= SnapshotRequest.SMALLEST) {
            SnapshotRequest request = SnapshotRequest.read(Arrays.copyOf(client.request, client.received));
            result = request.opcode() == SnapshotRequest.CORE ? taker.core(request.path()) : take(request, client);
            if (client.answer.length > 0) return;
        }
        answer(client, result);
    }

    private int take(SnapshotRequest request, Client client) {
        return taker.take(
                request.path(), request.label(), request.description(), request.live(), () -> answer(client, 0));
    }

    private void answer(Client client, int result) {
        // Bytes that nobody reads would reach the client as a reset connection, before the answer.
        int most = LONGEST_DRAIN;
        while (most-- > 0 && UnixSocket.receive(client.socket, buffer, SnapshotRequest.BYTES) > 0) {}
        client.answer = ByteBuffer.allocate(SnapshotRequest.REPLY_BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(result)
                .array();
        send(client);
    }

    private void send(Client client) {
        int n = UnixSocket.send(client.socket, client.answer, client.sent);
        if (n >= 0) client.sent += n;
        else if (!isTemporary(-n)) client.sent = Integer.MAX_VALUE;
    }

    private void dropFinished() {
        long now = System.nanoTime();
        for (Iterator<Client> all = clients.iterator(); all.hasNext(); ) {
            Client client = all.next();
            boolean late = now - client.deadline > 0;
            if (late && client.answer.length == 0) finish(client);
            boolean answered = client.sent >= client.answer.length && (client.answer.length > 0 || client.sent > 0);
            if (!late && !answered) continue;
            UnixSocket.close(client.socket);
            all.remove();
        }
    }
}
