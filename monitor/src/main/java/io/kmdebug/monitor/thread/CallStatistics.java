package io.kmdebug.monitor.thread;

import io.kmdebug.monitor.Log;
import io.kmdebug.monitor.syscall.SyscallNames;
import io.kmdebug.monitor.syscall.SyscallTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How often each system call was made and how long it took in the monitor, for {@code --hcall-stats}. Thread-safe. */
final class CallStatistics {
    /** One call's figures; nanoseconds. */
    private static final class Row {
        final int number;
        long count;
        long errors;
        long least = Long.MAX_VALUE;
        long most;
        long total;

        Row(int number) {
            this.number = number;
        }
    }

    private final @Nullable Row[] rows = new Row[SyscallTable.SIZE];
    private final List<ThreadClock> clocks = new ArrayList<>();
    private final long start = System.nanoTime();

    synchronized ThreadClock newThread() {
        ThreadClock clock = new ThreadClock();
        clocks.add(clock);
        return clock;
    }

    /**
     * @param result as the payload gets it
     * @param duration nanoseconds
     */
    synchronized void count(long number, long result, long duration) {
        if (number < 0 || number >= SyscallTable.SIZE) return;
        Row row = rows[(int) number];
        if (row == null) {
            row = new Row((int) number);
            rows[(int) number] = row;
        }
        row.count++;
        if (result < 0 && result >= -4095) row.errors++;
        row.least = Math.min(row.least, duration);
        row.most = Math.max(row.most, duration);
        row.total += duration;
    }

    /** Sorted by the time that they took; microseconds. */
    void print(Log log) {
        lines().forEach(log::line);
    }

    /** The same, a line each. */
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        List<Row> made = new ArrayList<>();
        long total = 0;
        long calls = 0;
        for (Row row : rows) {
            if (row == null) continue;
            made.add(row);
            total += row.total;
            calls += row.count;
        }
        made.sort((a, b) -> a.total != b.total ? Long.compare(b.total, a.total) : Integer.compare(a.number, b.number));
        int width = "system call".length();
        for (Row row : made)
            width = Math.max(width, SyscallNames.name(row.number).length());
        String columns = "%-" + width + "s %9s %7s %10s %10s %11s %12s %6s";
        lines.add(
                format(columns, "system call", "calls", "errors", "min us", "mean us", "max us", "total us", "share"));
        for (Row row : made) {
            lines.add(format(
                    columns,
                    SyscallNames.name(row.number),
                    row.count,
                    row.errors,
                    micros(row.least),
                    micros(row.total / row.count),
                    micros(row.most),
                    micros(row.total),
                    share(row.total, total)));
        }
        addThreads(lines, calls, total);
        return lines;
    }

    private void addThreads(List<String> lines, long calls, long inCalls) {
        long life = 0;
        long guest = 0;
        long waiting = 0;
        long exits = 0;
        for (ThreadClock clock : clocks) {
            life += clock.total();
            guest += clock.guest;
            waiting += clock.waiting();
            exits += clock.exits;
        }
        long handling = Math.max(0, life - guest - waiting);
        lines.add(format(
                "%d calls in %s ms of calls, %d exits, %d threads, %s ms from start to end",
                calls, millis(inCalls), exits, clocks.size(), millis(System.nanoTime() - start)));
        lines.add(format(
                "time of all threads %s ms: %s in the payload and on the way in and out, %s in the monitor, %s waiting"
                        + " in calls",
                millis(life), share(guest, life), share(handling, life), share(waiting, life)));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String micros(long nanos) {
        return format("%.1f", nanos / 1e3);
    }

    private static String millis(long nanos) {
        return format("%.1f", nanos / 1e6);
    }

    private static String share(long part, long whole) {
        return format("%.1f%%", whole == 0 ? 0 : 100.0 * part / whole);
    }
}
