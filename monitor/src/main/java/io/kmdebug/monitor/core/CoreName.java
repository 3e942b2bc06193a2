package io.kmdebug.monitor.core;

import java.nio.file.Path;

/**
 * Where a process's core goes. The letters are those of core(5): %p the process id, %e the program's name, %s the
 * signal, %t seconds since 1970, %% a percent sign; others stay as they are. Without %p a child process puts its id
 * behind the name, so that no core replaces another process's.
 */
record CoreName(String pattern, boolean child) {
    private static final String COMPRESSED = ".zst";

    /** @param signal 0 for a core of a process that goes on */
    Path of(int pid, String program, int signal) {
        StringBuilder name = new StringBuilder();
        boolean pidIsIn = false;
        for (int i = 0; i < pattern.length(); i++) {
            char letter = pattern.charAt(i);
            char next = i + 1 < pattern.length() ? pattern.charAt(i + 1) : '\0';
            if (letter != '%' || "pest%".indexOf(next) < 0) {
                name.append(letter);
                continue;
            }
            pidIsIn |= next == 'p';
            i++;
            switch (next) {
                case 'p' -> name.append(pid);
                case 'e' -> name.append(program.replace('/', '!'));
                case 's' -> name.append(signal);
                case 't' -> name.append(System.currentTimeMillis() / 1000);
                default -> name.append('%');
            }
        }
        if (child && !pidIsIn) {
            int end = name.length();
            if (pattern.endsWith(COMPRESSED)) end -= COMPRESSED.length();
            name.insert(end, "." + pid);
        }
        return Path.of(name.toString()).toAbsolutePath();
    }
}
