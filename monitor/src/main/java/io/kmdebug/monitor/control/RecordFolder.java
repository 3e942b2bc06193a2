package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the running monitors of a user have their record sockets, named by process id: {@code kmdebug} in
 * XDG_RUNTIME_DIR, or {@code /tmp/kmdebug-UID} without that. Nobody else can look into it.
 */
final class RecordFolder {
    private static final int NR_LSTAT = 6;
    private static final int NR_MKDIR = 83;
    private static final int NR_GETUID = 102;
    private static final int STAT_BYTES = 144;
    private static final int ST_MODE = 24;
    private static final int ST_UID = 28;
    private static final int OWNERS_FOLDER = 0040700;
    private static final int MODE_MASK = 0170777;
    private static final int KIND_MASK = 0170000;
    private static final int FOLDER = 0040000;

    private RecordFolder() {}

    static long uid() {
        return Native.syscall(NR_GETUID);
    }

    /** Its path, whether it exists or not. */
    static String path(List<String> environment) {
        for (String variable : environment) {
            if (!variable.startsWith("XDG_RUNTIME_DIR=/")) continue;
            String runtime = variable.substring(variable.indexOf('=') + 1);
            if (kind(runtime) == FOLDER) return runtime.concat("/kmdebug");
        }
        return "/tmp/kmdebug-" + uid();
    }

    /** Its path, now existing; null when there is something else of that name. */
    static @Nullable String make(List<String> environment) {
        String path = path(environment);
        long name = HostCall.cString(path);
        Native.syscall(NR_MKDIR, name, 0700);
        HostMemory.free(name);
        return isOurs(path) ? path : null;
    }

    /** Whether it exists, belongs to this user, and is closed to others. */
    static boolean isOurs(String path) {
        long[] found = stat(path);
        return (found[0] & MODE_MASK) == OWNERS_FOLDER && found[1] == uid();
    }

    /** S_IFMT of its mode; 0 when there is nothing. A symbolic link is not followed. */
    static long kind(String path) {
        return stat(path)[0] & KIND_MASK;
    }

    /** Mode and owner; zeros when there is nothing. */
    private static long[] stat(String path) {
        long name = HostCall.cString(path);
        long stat = HostMemory.allocate(STAT_BYTES);
        boolean there = Native.syscall(NR_LSTAT, name, stat) >= 0;
        long mode = there ? HostMemory.getInt(stat + ST_MODE) : 0;
        long owner = there ? HostMemory.getInt(stat + ST_UID) & 0xffff_ffffL : -1;
        HostMemory.free(name);
        HostMemory.free(stat);
        return new long[] {mode, owner};
    }
}
