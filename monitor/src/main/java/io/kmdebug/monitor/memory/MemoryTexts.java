package io.kmdebug.monitor.memory;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.VdsoPages;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What /proc/self says of the payload's memory: {@code maps}, {@code smaps}, {@code smaps_rollup}, {@code statm} and the
 * lines of {@code status}. proc(5). What the kernel alone knows (how much is resident, shared, dirty) is its own account
 * of the host memory that stands for the payload's.
 */
public final class MemoryTexts {
    private static final int NAME_COLUMN = 73;
    private static final int PAGE = AddressSpace.PAGE;
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private final AddressSpace space;
    private final Platform platform;
    private final String executable;
    private static long highWater;

    /** @param executable path of the program, whose code is counted apart */
    public MemoryTexts(AddressSpace space, Platform platform, String executable) {
        this.space = space;
        this.platform = platform;
        this.executable = executable;
    }

    /** The text of a file of /proc/self that is about memory; "" for others. "status" is its part about memory. */
    public String of(String file) {
        return switch (file) {
            case "maps" -> maps();
            case "smaps" -> smaps();
            case "smaps_rollup" -> rollup();
            case "statm" -> statm();
            case "status" -> status();
            default -> "";
        };
    }

    private String maps() {
        List<Region> regions = space.regions();
        StringBuilder text = new StringBuilder(64 * regions.size() + 256);
        for (Region region : regions) line(text, region);
        specialLines(text);
        return text.toString();
    }

    private void specialLines(StringBuilder text) {
        for (Region region : specials()) line(text, region);
    }

    private List<Region> specials() {
        List<Region> found = new ArrayList<>(3);
        long vdso = platform.vdso();
        if (vdso != 0) {
            long data = VdsoPages.start();
            if (data < vdso) found.add(special(data, vdso, Platform.READ, "[vvar]"));
            found.add(special(vdso, data + VdsoPages.bytes(), Platform.READ | Platform.EXECUTE, "[vdso]"));
        }
        found.add(special(0xffff_ffff_ff60_0000L, 0xffff_ffff_ff60_1000L, Platform.EXECUTE, "[vsyscall]"));
        return found;
    }

    private static Region special(long start, long end, int protection, String name) {
        return new Region(start, end, protection, false, null, 0, name, 0);
    }

    private static void line(StringBuilder text, Region region) {
        int protection = region.protection();
        int start = text.length();
        hex(text, region.start(), 8).append('-');
        hex(text, region.end(), 8).append(' ');
        text.append((protection & Platform.READ) != 0 ? 'r' : '-');
        text.append((protection & Platform.WRITE) != 0 ? 'w' : '-');
        text.append((protection & Platform.EXECUTE) != 0 ? 'x' : '-');
        text.append(region.shared() ? 's' : 'p').append(' ');
        hex(text, region.offset(), 8).append(' ');
        MappedFile backing = region.backing();
        if (backing == null) text.append("00:00 0 ");
        else identity(text, backing);
        String name = backing == null ? region.name() : backing.currentPath();
        if (!name.isEmpty()) {
            while (text.length() - start < NAME_COLUMN) text.append(' ');
            text.append(name.indexOf('\n') < 0 ? name : name.replace("\n", "\\012"));
        }
        text.append('\n');
    }

    /** "major:minor inode ". */
    private static void identity(StringBuilder text, MappedFile file) {
        long device = file.device();
        hex(text, device >>> 8 & 0xfff | device >>> 32 & ~0xfffL, 2).append(':');
        hex(text, device & 0xff | device >>> 12 & ~0xffL, 2).append(' ');
        text.append(file.inode()).append(' ');
    }

    private static StringBuilder hex(StringBuilder text, long value, int digits) {
        int shift = Math.max(4 * digits, 64 - Long.numberOfLeadingZeros(value) + 3 & ~3) - 4;
        for (; shift >= 0; shift -= 4) text.append(DIGITS[(int) (value >>> shift) & 15]);
        return text;
    }

    private String smaps() {
        List<Region> regions = space.regions();
        List<long[]> values = new ArrayList<>(regions.size());
        List<String> names = account(regions, values);
        StringBuilder text = new StringBuilder(1024 * regions.size());
        for (int i = 0; i < regions.size(); i++) block(text, regions.get(i), names, values.get(i));
        for (Region special : specials()) block(text, special, names, new long[names.size()]);
        return text.toString();
    }

    private static void block(StringBuilder text, Region region, List<String> names, long[] kilobytes) {
        line(text, region);
        field(text, "Size:", region.length() >> 10);
        field(text, "KernelPageSize:", PAGE >> 10);
        field(text, "MMUPageSize:", PAGE >> 10);
        for (int i = 0; i < names.size(); i++) field(text, names.get(i), kilobytes[i]);
        boolean huge = region.has(Region.HUGE) && region.length() >= AddressSpace.LARGE_PAGE;
        text.append("THPeligible:           ").append(huge ? '1' : '0').append('\n');
        text.append("VmFlags: ").append(flags(region)).append('\n');
    }

    private static String flags(Region region) {
        StringBuilder text = new StringBuilder();
        int protection = region.protection();
        if ((protection & Platform.READ) != 0) text.append("rd ");
        if ((protection & Platform.WRITE) != 0) text.append("wr ");
        if ((protection & Platform.EXECUTE) != 0) text.append("ex ");
        if (region.shared()) text.append("sh ");
        text.append("mr mw me ");
        if (region.shared()) text.append("ms ");
        if (region.has(Region.GROWS_DOWN)) text.append("gd ");
        if (region.has(Region.LOCKED)) text.append("lo ");
        if (region.has(Region.NO_FORK)) text.append("dc ");
        if (region.has(Region.NO_RESERVE)) text.append("nr ");
        else if (region.isData() || region.has(Region.GROWS_DOWN)) text.append("ac ");
        if (region.has(Region.WIPE_ON_FORK)) text.append("wf ");
        if (region.has(Region.NO_DUMP)) text.append("dd ");
        if (region.has(Region.HUGE)) text.append("hg ");
        if (region.has(Region.NO_HUGE)) text.append("nh ");
        return text.toString();
    }

    private static void field(StringBuilder text, String name, long kilobytes) {
        text.append(name);
        String number = Long.toString(kilobytes);
        for (int i = name.length() + number.length(); i < 24; i++) text.append(' ');
        text.append(number).append(" kB\n");
    }

    private String rollup() {
        List<Region> regions = space.regions();
        List<long[]> values = new ArrayList<>(regions.size());
        List<String> names = account(regions, values);
        long[] sums = new long[names.size()];
        for (long[] one : values) for (int i = 0; i < sums.length; i++) sums[i] += one[i];
        StringBuilder text = new StringBuilder();
        long start = regions.isEmpty() ? 0 : regions.get(0).start();
        long end = regions.isEmpty() ? 0 : regions.get(regions.size() - 1).end();
        line(text, special(start, end, 0, "[rollup]"));
        for (int i = 0; i < sums.length; i++) field(text, names.get(i), sums[i]);
        return text.toString();
    }

    /**
     * Hands the kernel's account of the host's areas to the regions. An area that stands for several regions is divided
     * among them by what of each is present.
     *
     * @param values one array a region, kilobytes by name
     * @return names of the values, each with its colon
     */
    private List<String> account(List<Region> regions, List<long[]> values) {
        List<String> names = new ArrayList<>();
        List<HostArea> areas = HostArea.inside(space.window(), names);
        int first = 0;
        for (Region region : regions) {
            long[] sums = new long[names.size()];
            while (first < areas.size() && areas.get(first).end() <= region.start()) first++;
            for (int i = first; i < areas.size() && areas.get(i).start() < region.end(); i++) {
                areas.get(i).addTo(sums, region, space.window());
            }
            values.add(sums);
        }
        return names;
    }

    /** Pages: size, resident, of these shared, code, nothing, data and stack, nothing. */
    private String statm() {
        Sums sums = sums();
        return sums.size / PAGE + " " + sums.resident / PAGE + " " + (sums.resident - sums.anonymous) / PAGE + " "
                + sums.code / PAGE + " 0 " + (sums.data + sums.stack) / PAGE + " 0\n";
    }

    private String status() {
        Sums sums = sums();
        long peak = Math.max(sums.size, space.peakBytes());
        StringBuilder text = new StringBuilder();
        line(text, "VmPeak:", peak);
        line(text, "VmSize:", sums.size);
        line(text, "VmLck:", space.sizes()[2]);
        line(text, "VmPin:", 0);
        line(text, "VmHWM:", highWater(sums.resident));
        line(text, "VmRSS:", sums.resident);
        line(text, "RssAnon:", sums.anonymous);
        line(text, "RssFile:", sums.resident - sums.anonymous - sums.sharedMemory);
        line(text, "RssShmem:", sums.sharedMemory);
        line(text, "VmData:", sums.data);
        line(text, "VmStk:", sums.stack);
        line(text, "VmExe:", sums.code);
        line(text, "VmLib:", sums.libraries);
        line(text, "VmPTE:", platform.tableBytes());
        line(text, "VmSwap:", 0);
        return text.toString();
    }

    /** The most that was seen when somebody asked. */
    private static synchronized long highWater(long resident) {
        highWater = Math.max(highWater, resident);
        return highWater;
    }

    private static void line(StringBuilder text, String name, long bytes) {
        text.append(name).append('\t');
        String number = Long.toString(bytes >> 10);
        for (int i = number.length(); i < 8; i++) text.append(' ');
        text.append(number).append(" kB\n");
    }

    private static final class Sums {
        private long size;
        private long resident;
        private long anonymous;
        private long sharedMemory;
        private long data;
        private long stack;
        private long code;
        private long libraries;
    }

    private Sums sums() {
        Sums sums = new Sums();
        HostWindow window = space.window();
        for (Region region : space.regions()) {
            long bytes = region.length();
            sums.size += bytes;
            MappedFile backing = region.backing();
            if (region.isData()) sums.data += bytes;
            if (region.has(Region.GROWS_DOWN)) sums.stack += bytes;
            if ((region.protection() & Platform.EXECUTE) != 0 && backing != null) {
                if (backing.path().equals(executable)) sums.code += bytes;
                else sums.libraries += bytes;
            }
            if (region.pristine()) continue;
            long resident = window.populatedBytes(region.start(), region.end(), true);
            sums.resident += resident;
            if (backing == null) sums.anonymous += resident;
            else if (backing.isAnonymous()) sums.sharedMemory += resident;
            else if (!region.shared() && resident > 0) {
                sums.anonymous += window.populatedBytes(region.start(), region.end(), false);
            }
        }
        return sums;
    }

    /**
     * One area of the host's {@code /proc/self/smaps} inside the window.
     *
     * @param start guest address
     * @param kilobytes by the order of the names
     */
    private record HostArea(long start, long end, long[] kilobytes) {
        private static final int RSS = 0;

        static List<HostArea> inside(HostWindow window, List<String> names) {
            List<HostArea> areas = new ArrayList<>();
            String text = read();
            long base = window.base();
            HostArea area = null;
            for (int from = 0; from < text.length(); ) {
                int stop = text.indexOf('\n', from);
                char first = text.charAt(from);
                if (first >= '0' && first <= '9' || first >= 'a' && first <= 'f') {
                    int dash = text.indexOf('-', from);
                    long start = Long.parseUnsignedLong(text, from, dash, 16) - base;
                    long end = Long.parseUnsignedLong(text, dash + 1, text.indexOf(' ', dash), 16) - base;
                    boolean inside = start >= 0 && window.admits(start, end - start);
                    area = inside ? new HostArea(start, end, new long[32]) : null;
                    if (area != null) areas.add(area);
                } else if (area != null || names.isEmpty()) {
                    value(text, from, stop, names, area);
                }
                from = stop + 1;
            }
            return areas;
        }

        /** "Rss:    12 kB"; from Rss on all that are sizes. */
        private static void value(String text, int from, int stop, List<String> names, @Nullable HostArea area) {
            if (!text.startsWith("kB", stop - 2)) return;
            int colon = text.indexOf(':', from);
            String name = text.substring(from, colon + 1);
            if (name.equals("Size:") || name.endsWith("PageSize:")) return;
            int index = names.indexOf(name);
            if (index < 0) {
                index = names.size();
                names.add(name);
            }
            if (area != null)
                area.kilobytes[index] =
                        Long.parseLong(text.substring(colon + 1, stop - 2).trim());
        }

        void addTo(long[] sums, Region region, HostWindow window) {
            if (kilobytes[RSS] == 0) return;
            if (start >= region.start() && end <= region.end()) {
                for (int i = 0; i < sums.length; i++) sums[i] += kilobytes[i];
                return;
            }
            long present = window.populatedBytes(Math.max(start, region.start()), Math.min(end, region.end()), true);
            for (int i = 0; i < sums.length; i++) sums[i] += kilobytes[i] * (present >> 10) / kilobytes[RSS];
        }

        private static String read() {
            try (FileInputStream in = new FileInputStream("/proc/self/smaps")) {
                return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new HostFailure("cannot read /proc/self/smaps: " + e.getMessage());
            }
        }
    }
}
