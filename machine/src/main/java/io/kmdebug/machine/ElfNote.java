package io.kmdebug.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * One note of a PT_NOTE segment or SHT_NOTE section. gABI "Note Section"; KM writes the name without its NUL
 * (namesz 4), Linux with it (namesz 5): both read alike.
 *
 * @param name the owner without NUL, such as "CORE", "LINUX", "GNU", "KMSP"
 * @param type meaning depends on the owner
 * @param content the descriptor
 */
public record ElfNote(String name, int type, Bytes content) {
    public static final int NT_PRSTATUS = 1;
    public static final int NT_FPREGSET = 2;
    public static final int NT_PRPSINFO = 3;
    public static final int NT_GNU_BUILD_ID = 3;
    public static final int NT_AUXV = 6;
    public static final int NT_X86_XSTATE = 0x202;
    public static final int NT_SIGINFO = 0x5349_4749;
    public static final int NT_FILE = 0x4649_4c45;

    /** Every whole note in {@code area}; a truncated last one is left out. */
    public static List<ElfNote> readAll(Bytes area) {
        List<ElfNote> notes = new ArrayList<>();
        long at = 0;
        while (area.length() - at >= 12) {
            long nameSize = area.u4(at);
            long contentSize = area.u4(at + 4);
            int type = area.i4(at + 8);
            long content = at + 12 + align4(nameSize);
            if (content > area.length() || contentSize > area.length() - content) break;
            notes.add(new ElfNote(name(area, at + 12, nameSize), type, area.slice(content, contentSize)));
            at = content + align4(contentSize);
        }
        return notes;
    }

    private static String name(Bytes area, long at, long size) {
        return size == 0 ? "" : area.slice(at, size).string(0);
    }

    private static long align4(long size) {
        return (size + 3) & ~3L;
    }
}
