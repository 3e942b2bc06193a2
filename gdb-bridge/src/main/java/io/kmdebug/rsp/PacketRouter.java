package io.kmdebug.rsp;

import static io.kmdebug.rsp.ClientProcesses.whole;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds for each packet the process that it concerns. While the target is the only one that is all of them. GDB RSP:
 * "Packets"; thread ids name their process ("multiprocess").
 */
final class PacketRouter {
    private final ClientProcesses processes;
    private final RelayedFiles files;
    /** The process of packets that name none. */
    private int general;

    PacketRouter(ClientProcesses processes) {
        this.processes = processes;
        files = new RelayedFiles(processes);
        general = processes.ownPid();
    }

    /** After a stop, packets that name no process are about the one that stopped. */
    void selectOf(byte[] stopReply) {
        int pid = StopReply.processOf(stopReply);
        if (pid > 0) general = pid;
    }

    ServerDispatch.After handle(PacketCursor in, PacketWriter out) {
        if (processes.isAlone()) return processes.dispatch().handle(in, out);
        try {
            if (processes.areGone()) throw Refusal.numbered(Refusal.NO_SUCH_THREAD, "no process is left");
            return route(in, out);
        } catch (Refusal refusal) {
            refusal.write(out);
        } catch (PacketCursor.Malformed malformed) {
            Refusal.because(String.valueOf(malformed.getMessage())).write(out);
        }
        return ServerDispatch.After.REPLY;
    }

    private ServerDispatch.After route(PacketCursor in, PacketWriter out) {
        int letter = in.atEnd() ? 0 : in.take();
        switch (letter) {
            case 'H' -> {
                boolean registers = in.take() == 'g';
                int pid = named(ThreadId.parse(in));
                if (registers) general = pid;
                ask(pid, in, out);
            }
            case 'T' -> ask(named(ThreadId.parse(in)), in, out);
            case 'D' -> {
                return letGo(in, out);
            }
            case 'k' -> {
                processes.killAll();
                return ServerDispatch.After.CLOSE;
            }
            case 'v' -> {
                return verbose(in, out);
            }
            case 'c', 's', 'C', 'S' -> throw Refusal.because("of several processes vCont resumes one");
            case 'q' -> query(in, out);
            case 'Q' -> {
                ask(any(), in, out);
                processes.tellPeers(whole(in));
            }
            default -> ask(current(), in, out);
        }
        return ServerDispatch.After.REPLY;
    }

    /** The process of a thread id; of one that names none, the selected one. */
    private int named(ThreadId id) {
        return id.pid() > 0 ? id.pid() : current();
    }

    private int current() {
        return processes.pids().contains(general) ? general : any();
    }

    /** One for packets that are about no process. */
    private int any() {
        return processes.pids().get(0);
    }

    private void ask(int pid, PacketCursor in, PacketWriter out) {
        if (!processes.ask(pid, whole(in), out)) throw Refusal.numbered(Refusal.NO_SUCH_THREAD, "no process " + pid);
    }

    private ServerDispatch.After letGo(PacketCursor in, PacketWriter out) {
        out.text("OK");
        if (!in.skip(';')) return ServerDispatch.After.REPLY_AND_CLOSE;
        processes.letGo(existing(in.hexInt()));
        return processes.areGone() ? ServerDispatch.After.REPLY_AND_CLOSE : ServerDispatch.After.REPLY;
    }

    private int existing(int pid) {
        if (!processes.pids().contains(pid)) throw Refusal.because("no process " + pid);
        return pid;
    }

    private ServerDispatch.After verbose(PacketCursor in, PacketWriter out) {
        if (in.skip("Cont;")) {
            Map<Integer, String> orders = orders(in.rest());
            if (orders.isEmpty()) throw Refusal.because("vCont: no such process");
            return processes.resume(orders, out) ? ServerDispatch.After.REPLY_LATER : ServerDispatch.After.REPLY;
        }
        if (in.skip("Kill;")) {
            processes.kill(existing(in.hexInt()));
            out.text("OK");
            return processes.areGone() ? ServerDispatch.After.REPLY_AND_CLOSE : ServerDispatch.After.REPLY;
        }
        if (in.skip("File:")) files.handle(in, out, any());
        else ask(any(), in, out);
        return ServerDispatch.After.REPLY;
    }

    /** What each process is asked for: the actions that name it or none, in their order. */
    private Map<Integer, String> orders(String actions) {
        Map<Integer, String> orders = new LinkedHashMap<>();
        for (int pid : processes.pids()) {
            StringBuilder order = new StringBuilder("vCont");
            for (String action : actions.split(";", -1))
                if (concerns(action, pid)) order.append(';').append(action);
            if (order.indexOf(";") > 0) orders.put(pid, order.toString());
        }
        return orders;
    }

    private static boolean concerns(String action, int pid) {
        int colon = action.indexOf(':');
        if (colon < 0) return true;
        int named = ThreadId.parse(PacketCursor.of(action.substring(colon + 1))).pid();
        return named <= 0 || named == pid;
    }

    private void query(PacketCursor in, PacketWriter out) {
        String name = in.until(":,;");
        switch (name) {
            case "Attached" -> out.text('1');
            case "Supported", "Symbol", "TStatus" -> ask(any(), in, out);
            case "fThreadInfo" -> out.text(ThreadLists.ids(processes));
            case "sThreadInfo" -> out.text('l');
            case "ThreadExtraInfo", "GetTLSAddr" -> {
                in.take();
                ask(named(ThreadId.parse(in)), in, out);
            }
            case "Xfer" -> transfer(in, out);
            default -> ask(current(), in, out);
        }
    }

    private void transfer(PacketCursor in, PacketWriter out) {
        if (in.skip(":threads:read::")) {
            int offset = in.hexInt();
            in.expect(',');
            byte[] whole = ThreadLists.xml(processes).getBytes(StandardCharsets.UTF_8);
            TransferRequests.piece(whole, offset, in.hexInt(), out);
        } else if (in.skip(":exec-file:read:") && in.peek() != ':') {
            ask(in.hexInt(), in, out);
        } else {
            ask(current(), in, out);
        }
    }
}
