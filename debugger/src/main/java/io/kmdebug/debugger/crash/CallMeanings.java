package io.kmdebug.debugger.crash;

import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.MemoryReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What arguments of system calls stand for: descriptors, paths, the operation of futex(2), signals. */
final class CallMeanings {
    private static final Set<String> DESCRIPTORS =
            Set.of("fd", "dirfd", "epfd", "in_fd", "out_fd", "fd_in", "fd_out", "mqdes");
    private static final int AT_FDCWD = -100;
    private static final int LONGEST_PATH = 4096;
    private static final int FUTEX_COMMAND = 0x7f;
    private static final int FUTEX_PRIVATE = 0x80;
    private static final int FUTEX_CLOCK_REALTIME = 0x100;
    /** By number. Linux {@code linux/futex.h}. */
    private static final List<String> FUTEX_COMMANDS = List.of(
            "FUTEX_WAIT",
            "FUTEX_WAKE",
            "FUTEX_FD",
            "FUTEX_REQUEUE",
            "FUTEX_CMP_REQUEUE",
            "FUTEX_WAKE_OP",
            "FUTEX_LOCK_PI",
            "FUTEX_UNLOCK_PI",
            "FUTEX_TRYLOCK_PI",
            "FUTEX_WAIT_BITSET",
            "FUTEX_WAKE_BITSET",
            "FUTEX_WAIT_REQUEUE_PI",
            "FUTEX_CMP_REQUEUE_PI",
            "FUTEX_LOCK_PI2");

    private final Map<Integer, String> files;
    private final MemoryReader memory;

    /** @param files names of descriptors, as far as they are known */
    CallMeanings(Map<Integer, String> files, MemoryReader memory) {
        this.files = files;
        this.memory = memory;
    }

    /** Empty where the number alone is all there is to say. */
    Optional<String> of(String call, String argument, long value) {
        if (DESCRIPTORS.contains(argument)) {
            if ((int) value == AT_FDCWD) return Optional.of("AT_FDCWD");
            return Optional.ofNullable(files.get((int) value));
        }
        if (argument.equals("path")) return path(value);
        if (argument.equals("signal") && value > 0 && value <= LinuxSignal.MAX) {
            return Optional.of(LinuxSignal.nameOf((int) value));
        }
        if (call.equals("futex") && argument.equals("op")) return futex((int) value);
        return Optional.empty();
    }

    private Optional<String> path(long address) {
        byte[] text = new byte[LONGEST_PATH];
        int got = memory.read(address, text, 0, text.length);
        int end = 0;
        while (end < got && text[end] != 0) end++;
        if (end == got) return Optional.empty(); // no end was found
        StringBuilder shown = new StringBuilder("\"");
        for (char c : new String(text, 0, end, StandardCharsets.UTF_8).toCharArray()) {
            if (c == '"' || c == '\\') shown.append('\\').append(c);
            else if (c < ' ' || c == 0x7f) shown.append(String.format("\\%03o", (int) c));
            else shown.append(c);
        }
        return Optional.of(shown.append('"').toString());
    }

    private static Optional<String> futex(int operation) {
        int command = operation & FUTEX_COMMAND;
        int flags = operation & (FUTEX_PRIVATE | FUTEX_CLOCK_REALTIME);
        if (command >= FUTEX_COMMANDS.size() || (command | flags) != operation) return Optional.empty();
        return Optional.of(FUTEX_COMMANDS.get(command)
                + ((flags & FUTEX_PRIVATE) != 0 ? "|FUTEX_PRIVATE_FLAG" : "")
                + ((flags & FUTEX_CLOCK_REALTIME) != 0 ? "|FUTEX_CLOCK_REALTIME" : ""));
    }
}
