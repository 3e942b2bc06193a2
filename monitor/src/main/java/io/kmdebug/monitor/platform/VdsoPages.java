package io.kmdebug.monitor.platform;

import io.kmdebug.monitor.host.HostFailure;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host's vDSO and the data pages before it, which the payload finds at {@link GuestLayout#VDSO}, read-only and with
 * their distances kept: it reads clocks in nanoseconds where a system call would cost an exit.
 */
public final class VdsoPages {
    private static long hostStart;
    private static long hostEnd;

    private VdsoPages() {}

    /**
     * Where a process has them.
     *
     * @param start of the data pages
     * @param code the ELF header
     * @param end behind the code
     */
    public record Place(long start, long code, long end) {}

    /** The monitor's own, which {@link #host} is about from now on; null when this host has none. */
    public static @Nullable Place own() {
        Place place = in("/proc/self/maps");
        if (place != null) {
            hostStart = place.start();
            hostEnd = place.end();
        }
        return place;
    }

    /** @param maps a file of proc_pid_maps(5) */
    public static @Nullable Place in(String maps) {
        long start = 0;
        long end = 0;
        String text = read(maps);
        for (int from = 0; from < text.length(); ) {
            int stop = text.indexOf('\n', from);
            boolean data = endsWith(text, from, stop, "[vvar]") || endsWith(text, from, stop, "[vvar_vclock]");
            boolean code = endsWith(text, from, stop, "[vdso]");
            if (data || code) {
                int dash = text.indexOf('-', from);
                long first = Long.parseUnsignedLong(text, from, dash, 16);
                // The data pages may be several areas; they only count when nothing lies between them.
                if (first != end) start = first;
                end = Long.parseUnsignedLong(text, dash + 1, text.indexOf(' ', dash), 16);
                if (code) return new Place(start, first, end);
            }
            from = stop + 1;
        }
        return null;
    }

    /** Start and end of each area of a file of proc_pid_maps(5). */
    public static List<long[]> areas(String maps) {
        String text = read(maps);
        List<long[]> areas = new ArrayList<>();
        for (int from = 0; from < text.length(); from = text.indexOf('\n', from) + 1) {
            int dash = text.indexOf('-', from);
            areas.add(new long[] {
                Long.parseUnsignedLong(text, from, dash, 16),
                Long.parseUnsignedLong(text, dash + 1, text.indexOf(' ', dash), 16)
            });
        }
        return areas;
    }

    /** Host address of a guest range inside these pages, or 0 when it is not inside. */
    public static long host(long guest, long length) {
        long offset = guest - GuestLayout.VDSO;
        long bytes = hostEnd - hostStart;
        return offset >= 0 && length >= 0 && offset < bytes && length <= bytes - offset ? hostStart + offset : 0;
    }

    /** Guest address of the first of these pages. */
    public static long start() {
        return GuestLayout.VDSO;
    }

    /** Bytes of all these pages. */
    public static long bytes() {
        return hostEnd - hostStart;
    }

    private static boolean endsWith(String maps, int from, int stop, String name) {
        return stop - from > name.length() && maps.startsWith(name, stop - name.length());
    }

    private static String read(String file) {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new HostFailure("cannot read " + file + ": " + e.getMessage());
        }
    }
}
