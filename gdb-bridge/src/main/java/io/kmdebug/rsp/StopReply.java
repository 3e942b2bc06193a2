package io.kmdebug.rsp;

import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StubTarget.Stop;
import io.kmdebug.rsp.StubTarget.StopReason;
import java.util.List;

/**
 * Writes stop replies. GDB RSP: "Stop Reply Packets". The key {@code reason} is not gdb's (which skips keys that it
 * does not know) but the one of LLDB's extensions; it tells a finished step from a SIGTRAP of the payload's own.
 */
final class StopReply {
    /**
     * Of {@code qSupported}: this project's client wants to know in each stop reply which threads are alive, as lldb
     * does; both get the top of the stack too.
     */
    static final String THREADS_FEATURE = "kmdebug-stop-threads";

    private static final String FORK = "fork:";
    private static final String VFORK = "vfork:";
    private static final int MOST_THREADS = 256;
    private static final int STACK_BYTES = 256;

    private StopReply() {}

    static void write(Stop stop, ServedSession session, PacketWriter out) {
        out.start();
        StopReason reason = stop.reason();
        if (reason instanceof StopReason.Exited exited) {
            out.text('W').hexByte(exited.status());
            process(session, out);
        } else if (reason instanceof StopReason.Killed killed) {
            out.text('X').hexByte(session.toClient(killed.signal()));
            process(session, out);
        } else if (reason instanceof StopReason.ThreadExited exited) {
            session.selectAny();
            session.idOf(stop.tid()).write(out.text('w').hex(exited.status()).text(';'));
        } else if (reason instanceof StopReason.NothingResumed && session.noResumed) {
            out.text('N');
        } else {
            signalled(stop, session, out);
        }
    }

    /** The process that a stop reply tells of as a child of the stopped one; 0: none. */
    static int childOf(byte[] reply) {
        PacketCursor in = new PacketCursor(reply, reply.length);
        if (!in.skip('T')) return 0;
        in.hexByte();
        return in.skip(FORK) || in.skip(VFORK) ? ThreadId.parse(in).pid() : 0;
    }

    /** The process of the thread that stopped; 0 where the reply does not say. */
    static int processOf(byte[] reply) {
        String text = new String(reply, java.nio.charset.StandardCharsets.ISO_8859_1);
        int thread = text.indexOf("thread:p");
        if (thread < 0) return 0;
        return ThreadId.parse(PacketCursor.of(text.substring(thread + "thread:".length())))
                .pid();
    }

    /** Whether the process is gone. */
    static boolean isEnd(byte[] reply) {
        return reply.length > 0 && (reply[0] == 'W' || reply[0] == 'X');
    }

    /** Of a process that is gone without a word. */
    static byte[] vanished(int pid) {
        PacketWriter out = new PacketWriter().start();
        return out.text('X').hexByte(9).text(";process:").hex(pid).content();
    }

    /** Whether it was an interrupt that stopped the process, and no signal. */
    static boolean isInterrupt(byte[] reply) {
        String text = new String(reply, java.nio.charset.StandardCharsets.ISO_8859_1);
        return text.startsWith("T02") && text.contains(";reason:none;");
    }

    private static void process(ServedSession session, PacketWriter out) {
        if (session.multiprocess) out.text(";process:").hex(session.target.pid());
    }

    private static void signalled(Stop stop, ServedSession session, PacketWriter out) {
        session.selectStopped(stop.tid());
        out.text('T').hexByte(session.toClient(signal(stop.reason(), session)));
        if (stop.reason() instanceof StopReason.Breakpoint && session.swbreak) out.text("swbreak:;");
        if (stop.reason() instanceof StopReason.Watchpoint met) {
            out.text(met.kind().word()).text(':').hex(met.address()).text(';');
        }
        if (stop.reason() instanceof StopReason.SystemCall call) {
            out.text(call.returns() ? "syscall_return:" : "syscall_entry:")
                    .hex(call.number())
                    .text(';');
        }
        if (stop.reason() instanceof StopReason.Executed exec) {
            out.text("exec:").hexText(exec.path()).text(';');
        }
        if (stop.reason() instanceof StopReason.Forked forked) {
            out.text(forked.shares() ? VFORK : FORK);
            new ThreadId(forked.child(), forked.child()).write(out);
            out.text(';');
        }
        if (stop.reason() instanceof StopReason.ThreadCreated) out.text("create:;");
        if (stop.reason() instanceof StopReason.VforkDone) out.text("vforkdone:;");
        session.idOf(stop.tid()).write(out.text("thread:"));
        out.text(";reason:").text(reasonWord(stop.reason(), session)).text(';');
        if (session.threadsInStop) threads(session, out);
        Registers registers = session.target.generalRegisters(stop.tid()).orElseGet(Registers::new);
        for (AmdRegister register : AmdRegister.values()) {
            if (register.compareTo(AmdRegister.EFLAGS) > 0) break;
            byte[] value = registers.bytes(register);
            if (value == null) continue;
            out.hex(register.ordinal()).text(':').hexBytes(value).text(';');
        }
        if (session.threadsInStop && registers.has(AmdRegister.RSP)) stack(registers.sp(), session, out);
    }

    /** {@code memory:} the top of the thread's stack, as LLDB's extensions have it: what a first look needs. */
    private static void stack(long sp, ServedSession session, PacketWriter out) {
        byte[] top = new byte[STACK_BYTES];
        int got = session.target.readMemory(sp, top, 0, top.length);
        if (got > 0)
            out.text("memory:0x").hex(sp).text('=').hexBytes(top, 0, got).text(';');
    }

    /** {@code threads:} tids in hex with commas between, as in LLDB's QListThreadsInStopReply; not when they are many. */
    private static void threads(ServedSession session, PacketWriter out) {
        List<StubTarget.ThreadDescription> threads = session.target.threads();
        if (threads.size() > MOST_THREADS) return;
        out.text("threads:");
        for (int i = 0; i < threads.size(); i++) {
            if (i > 0) out.text(',');
            out.hex(threads.get(i).tid());
        }
        out.text(';');
    }

    static int signal(StopReason reason, ServedSession session) {
        // without a reason lldb would go on at once
        if (reason instanceof StopReason.Attached && session.threadSuffix) return LinuxSignal.SIGSTOP.number();
        if (reason instanceof StopReason.Signalled signalled) return signalled.signal();
        if (reason instanceof StopReason.Interrupted interrupted) return interrupted.signal();
        return LinuxSignal.SIGTRAP.number();
    }

    static String reasonWord(StopReason reason, ServedSession session) {
        boolean asked = reason instanceof StopReason.Attached || reason instanceof StopReason.Interrupted;
        if (asked && session.threadSuffix) return "signal";
        if (reason instanceof StopReason.Breakpoint) return "breakpoint";
        if (reason instanceof StopReason.Watchpoint) return "watchpoint";
        if (reason instanceof StopReason.Executed) return "exec";
        if (reason instanceof StopReason.Stepped) return "trace";
        if (reason instanceof StopReason.Signalled) return "signal";
        return "none";
    }
}
