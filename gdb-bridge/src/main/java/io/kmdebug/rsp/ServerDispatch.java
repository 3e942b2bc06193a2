package io.kmdebug.rsp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Answers one packet after the other for one client, while the payload is stopped. GDB RSP: "Packets". */
final class ServerDispatch implements AutoCloseable {
    /** What the connection does after a packet. */
    enum After {
        REPLY,
        /** The reply is the stop that ends what was resumed. */
        REPLY_LATER,
        REPLY_AND_CLOSE,
        CLOSE,
        /** The payload is killed when the reply is out; with it may go the whole process. */
        REPLY_AND_KILL
    }

    /** A qSupported feature of this project's: a resumed thread steps over a planted breakpoint by itself. */
    static final String STEPS_OVER = "kmdebug-steps-over-breakpoints";

    private static final String FEATURES = "PacketSize=" + Integer.toHexString(ServedSession.PACKET_BYTES)
            + ";QStartNoAckMode+;QPassSignals+;QProgramSignals+;swbreak+;vContSupported+;no-resumed+;binary-upload+;error-message+;"
            + STEPS_OVER + "+;" + TransferRequests.FEATURES;
    private static final int OUTPUT_PIECE = 4096;

    private final ServedSession session;
    private final StubTarget target;
    private final RegisterRequests registers;
    private final MemoryRequests memory;
    private final ResumeRequests resumes;
    private final TransferRequests transfers;
    private final FileRequests files;
    private final LldbRequests lldb;
    private final MemoryQueries queries;
    private final ConsoleOutput console;

    /** Where "monitor" output goes: its own packet, at once. */
    interface ConsoleOutput {
        void write(String text);
    }

    ServerDispatch(ServedSession session, ConsoleOutput console) {
        this.session = session;
        this.target = session.target;
        this.console = console;
        registers = new RegisterRequests(session);
        memory = new MemoryRequests(target);
        files = new FileRequests(target);
        resumes = new ResumeRequests(session);
        lldb = new LldbRequests(session);
        queries = new MemoryQueries(target);
        transfers = new TransferRequests(session);
    }

    /** Writes the reply to {@code in} into {@code out}, which has been started; nothing for what is not known. */
    After handle(PacketCursor in, PacketWriter out) {
        try {
            return Stops.isEnd(session.lastStop()) ? afterTheEnd(in, out) : packet(in, out);
        } catch (Refusal refusal) {
            refusal.write(out);
        } catch (PacketCursor.Malformed malformed) {
            Refusal.because(String.valueOf(malformed.getMessage())).write(out);
        }
        return After.REPLY;
    }

    private After packet(PacketCursor in, PacketWriter out) {
        int letter = in.atEnd() ? 0 : in.take();
        switch (letter) {
            case '!' -> out.text("OK");
            case '?' -> StopReply.write(session.presentStop(), session, out);
            case 'H' -> selectThread(in, out);
            case 'T' -> {
                session.resolve(ThreadId.parse(in));
                out.text("OK");
            }
            case 'g', 'G', 'p', 'P' -> registers(letter, in, out);
            case 'm' -> memory.readHex(in, out);
            case 'x' -> memory.readBinary(in, out);
            case 'M' -> memory.writeHex(in, out);
            case 'X' -> memory.writeBinary(in, out);
            case 'Z' -> memory.insert(in, out);
            case 'z' -> memory.remove(in, out);
            case 'c', 's', 'C', 'S' -> {
                in.back();
                resumes.single(in);
                return After.REPLY_LATER;
            }
            case 'D' -> {
                out.text("OK");
                return After.REPLY_AND_CLOSE;
            }
            case 'k' -> {
                target.kill();
                return After.CLOSE;
            }
            case 'v' -> {
                return verbose(in, out);
            }
            case 'q' -> query(in, out);
            case 'j' -> {
                if (in.rest().equals("ThreadsInfo")) JsonThreads.write(session, out);
            }
            case 'Q' -> set(in, out);
            default -> {}
        }
        return After.REPLY;
    }

    private void registers(int letter, PacketCursor in, PacketWriter out) {
        PacketCursor named = lldb.ofThread(in);
        PacketCursor request = named == null ? in : named;
        switch (letter) {
            case 'g' -> registers.readAll(out);
            case 'G' -> registers.writeAll(request, out);
            case 'p' -> registers.readOne(request, out);
            default -> registers.writeOne(request, out);
        }
    }

    /** Only what needs no process. */
    private After afterTheEnd(PacketCursor in, PacketWriter out) {
        if (in.skip("qSupported")) supported(in, out);
        else if (in.skip("?")) StopReply.write(session.lastStop(), session, out);
        else if (in.skip("QStartNoAckMode") || in.skip("vKill") || in.skip("H") || in.skip("!")) out.text("OK");
        else if (in.skip("qXfer:features")) transfers.handle(PacketCursor.of("features" + in.rest()), out);
        else if (in.skip("vMustReplyEmpty")) return After.REPLY;
        else if (in.skip("k")) return After.CLOSE;
        else if (in.skip("D")) {
            out.text("OK");
            return After.REPLY_AND_CLOSE;
        } else throw Refusal.numbered(Refusal.NO_SUCH_THREAD, "the process is gone");
        return After.REPLY;
    }

    /** {@code Hg} for registers, {@code Hc} for {@code c} and {@code s}. */
    private void selectThread(PacketCursor in, PacketWriter out) {
        int purpose = in.take();
        ThreadId id = ThreadId.parse(in);
        int tid = session.resolve(id);
        if (purpose == 'g') session.selectGeneral(tid);
        else if (purpose == 'c') session.selectContinue(id.tid() == ThreadId.ALL ? ThreadId.ALL : tid);
        else throw Refusal.because("H: no purpose '" + (char) purpose + "'");
        out.text("OK");
    }

    private After verbose(PacketCursor in, PacketWriter out) {
        if (in.skip("Cont?")) {
            ResumeRequests.offer(out);
        } else if (in.skip("Cont;")) {
            in.back();
            resumes.vCont(in);
            return After.REPLY_LATER;
        } else if (in.skip("File:")) {
            files.handle(in, out);
        } else if (in.skip("Attach;")) {
            throw Refusal.because("there is only process " + target.pid() + ", and it is being debugged");
        } else if (in.skip("Kill;")) {
            if (in.hexInt() != target.pid()) throw Refusal.because("there is only process " + target.pid());
            out.text("OK");
            return After.REPLY_AND_KILL;
        }
        return After.REPLY;
    }

    private void query(PacketCursor in, PacketWriter out) {
        String name = in.until(":,;");
        switch (name) {
            case "Supported" -> supported(in, out);
            case "C" -> session.idOf(session.generalTid()).write(out.text("QC"));
            case "Attached" -> out.text('1');
            case "Symbol" -> out.text("OK");
            case "fThreadInfo" -> threadIds(out);
            case "sThreadInfo" -> out.text('l');
            case "ThreadExtraInfo" -> {
                in.expect(',');
                threadState(session.resolve(ThreadId.parse(in)), out);
            }
            case "Search" -> {
                in.expect(':');
                queries.search(in, out);
            }
            case "CRC" -> {
                in.expect(':');
                queries.checksum(in, out);
            }
            case "Rcmd" -> {
                in.expect(',');
                monitor(in, out);
            }
            case "Xfer" -> {
                in.expect(':');
                transfers.handle(in, out);
            }
            case "GetTLSAddr" -> {
                in.expect(':');
                threadLocal(in, out);
            }
            default -> lldb.query(name, in, out); // qOffsets, qTStatus and the like: not known
        }
    }

    private void set(PacketCursor in, PacketWriter out) {
        String name = in.until(":,;");
        switch (name) {
            case "CatchSyscalls", "PassSignals", "ProgramSignals", "ThreadEvents" -> remember(name, in);
            default -> {}
        }
        switch (name) {
            case "StartNoAckMode" -> out.text("OK");
            case "CatchSyscalls" -> {
                if (!target.reportsEvents()) return;
                in.expect(':');
                catchCalls(in);
                out.text("OK");
            }
            case "ThreadEvents" -> {
                if (!target.reportsThreads()) return;
                in.expect(':');
                target.threadEvents(in.hexInt() != 0);
                out.text("OK");
            }
            case "PassSignals" -> {
                in.expect(':');
                target.passSignals(signals(in));
                out.text("OK");
            }
            case "ProgramSignals" -> {
                in.expect(':');
                target.programSignals(signals(in));
                out.text("OK");
            }
            default -> lldb.set(name, out);
        }
    }

    private void supported(PacketCursor in, PacketWriter out) {
        remember("Supported", in);
        in.skip(':');
        boolean forks = false;
        boolean vforks = false;
        while (!in.atEnd()) {
            String feature = in.until(";");
            in.skip(';');
            switch (feature) {
                case "multiprocess+" -> session.multiprocess = true;
                case "swbreak+" -> session.swbreak = true;
                case "exec-events+" -> target.catchExec(true);
                case "fork-events+" -> forks = true;
                case "vfork-events+" -> vforks = true;
                case "no-resumed+" -> session.noResumed = true;
                case StopReply.THREADS_FEATURE + "+" -> session.threadsInStop = true;
                default -> {}
            }
        }
        // a child is named by its process id
        if (session.multiprocess) target.catchForks(forks, vforks);
        out.text(FEATURES);
        if (target.reportsForks()) out.text(";fork-events+;vfork-events+");
        if (target.reportsThreads()) out.text(";QThreadEvents+");
        if (target.evaluatesConditions()) out.text(";ConditionalBreakpoints+");
        if (target.reportsEvents()) out.text(";QCatchSyscalls+;exec-events+");
        if (session.multiprocess) out.text(";multiprocess+");
    }

    private void remember(String kind, PacketCursor in) {
        target.remember(kind, Arrays.copyOf(in.data(), in.length()));
    }

    /** One of the packets that a target remembers, or anything else that sets a session up. */
    void setUp(PacketCursor in) {
        try {
            packet(in, new PacketWriter().start());
        } catch (Refusal | PacketCursor.Malformed refused) {
            // the client was told so by the server half that it was for
            System.getLogger(ServerDispatch.class.getName()).log(System.Logger.Level.DEBUG, "set-up", refused);
        }
    }

    private void threadIds(PacketWriter out) {
        char separator = 'm';
        for (StubTarget.ThreadDescription thread : target.threads()) {
            session.idOf(thread.tid()).write(out.text(separator));
            separator = ',';
        }
        if (separator == 'm') out.text('l');
    }

    /** {@code thread-id,offset,link-map}. */
    private void threadLocal(PacketCursor in, PacketWriter out) {
        int tid = session.resolve(ThreadId.parse(in));
        in.expect(',');
        long offset = in.hex();
        in.expect(',');
        Long address = target.threadLocal(tid, in.hex(), offset);
        if (address != null) out.hex(address);
    }

    private void threadState(int tid, PacketWriter out) {
        for (StubTarget.ThreadDescription thread : target.threads()) {
            if (thread.tid() == tid) out.hexText(thread.name() + ": " + thread.state());
        }
    }

    private Set<Integer> signals(PacketCursor in) {
        Set<Integer> signals = new HashSet<>();
        while (!in.atEnd()) {
            int signal = session.fromClient(in.hexInt());
            if (signal != 0) signals.add(signal); // gdb also lists signals of other systems
            in.skip(';');
        }
        return signals;
    }

    /** {@code 0}, {@code 1}, or {@code 1;number;...}. */
    private void catchCalls(PacketCursor in) {
        boolean on = in.hexInt() != 0;
        Set<Integer> calls = new HashSet<>();
        while (in.skip(';')) calls.add(in.hexInt());
        target.catchCalls(on ? calls : null);
    }

    private void monitor(PacketCursor in, PacketWriter out) {
        String command = new String(in.hexBytes(in.remaining() / 2), StandardCharsets.UTF_8).trim();
        String output = target.monitorCommand(command);
        if (output == null) output = "There is no monitor command \"" + command + "\".\n";
        for (int at = 0; at < output.length(); at += OUTPUT_PIECE) {
            console.write(output.substring(at, Math.min(output.length(), at + OUTPUT_PIECE)));
        }
        out.text("OK");
    }

    @Override
    public void close() {
        files.close();
    }
}
