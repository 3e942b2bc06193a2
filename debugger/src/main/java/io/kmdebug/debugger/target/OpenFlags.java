package io.kmdebug.debugger.target;

import java.util.LinkedHashMap;
import java.util.Map;

/** The flags of open(2) in words. Linux {@code asm-generic/fcntl.h}. */
final class OpenFlags {
    private static final int ACCESS = 3;
    private static final String[] ACCESSES = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    /** What F_GETFL says of every file that was opened by a 64-bit program. */
    private static final int LARGE_FILE = 0100000;

    private static final Map<Integer, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(02000, "O_APPEND");
        NAMES.put(04000, "O_NONBLOCK");
        NAMES.put(020000, "O_ASYNC");
        NAMES.put(040000, "O_DIRECT");
        NAMES.put(01000000, "O_NOATIME");
        NAMES.put(02000000, "O_CLOEXEC");
        NAMES.put(010000000, "O_PATH");
        NAMES.put(04010000, "O_SYNC"); // the bits of O_DSYNC are among them
        NAMES.put(010000, "O_DSYNC");
        NAMES.put(020200000, "O_TMPFILE");
        NAMES.put(0200000, "O_DIRECTORY");
        NAMES.put(0400000, "O_NOFOLLOW");
    }

    private OpenFlags() {}

    /** {@code O_RDWR|O_APPEND}; what has no name is added as an octal number. */
    static String text(int flags) {
        StringBuilder text = new StringBuilder(ACCESSES[flags & ACCESS]);
        int left = flags & ~ACCESS & ~LARGE_FILE;
        for (Map.Entry<Integer, String> name : NAMES.entrySet()) {
            int bits = name.getKey();
            if ((left & bits) != bits) continue;
            left &= ~bits;
            text.append('|').append(name.getValue());
        }
        if (left != 0) text.append("|0").append(Integer.toOctalString(left));
        return text.toString();
    }
}
