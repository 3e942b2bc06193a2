package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.platform.VirtualCpu;

/** A virtual CPU's registers, for {@code --dump-shutdown}. */
final class RegisterText {
    private static final String[] NAMES = {
        "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
        "rip", "rflags"
    };
    private static final int IN_A_LINE = 3;

    private RegisterText() {}

    static void print(PayloadThread thread, Log log) {
        VirtualCpu cpu = thread.cpu();
        StringBuilder line = new StringBuilder();
        log.line("registers of thread " + thread.tid() + ":");
        for (int i = 0; i < NAMES.length; i++) {
            append(line, NAMES[i], cpu.get(i));
            if (i % IN_A_LINE != IN_A_LINE - 1) continue;
            log.line(line.toString());
            line.setLength(0);
        }
        append(line, "fsbase", cpu.fsBase());
        append(line, "gsbase", cpu.gsBase());
        log.line(line.toString());
    }

    private static void append(StringBuilder line, String name, long value) {
        if (line.length() > 0) line.append("  ");
        line.append(String.format("%-6s 0x%016x", name, value));
    }
}
