package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.loader.ProgramFile;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which file a command line means. As with KM that is the named one, without a search of PATH. A name that is a symbolic
 * link to km stands for the file of that name with ".km" behind it: {@code python -> /opt/km/bin/km} beside {@code
 * python.km}. So does a name that is not there.
 */
final class PayloadName {
    private static final int ENOENT = 2;
    private static final int NR_READLINK = 89;
    private static final int PATH_MAX = 4096;
    private static final String SUFFIX = ".km";

    private PayloadName() {}

    /** @throws LoadFailure when there is no such program */
    static ProgramFile find(List<String> command) {
        String named = command.get(0);
        if (linksToMonitor(named)) return ProgramFile.find(named.concat(SUFFIX), named, command, false);
        try {
            return ProgramFile.find(named, named, command, false);
        } catch (LoadFailure missing) {
            if (missing.errno() != ENOENT || exists(named)) throw missing;
            if (exists(named.concat(SUFFIX))) return ProgramFile.find(named.concat(SUFFIX), named, command, false);
            if (named.indexOf('/') >= 0) throw missing;
            throw new LoadFailure(missing.getMessage() + " in this folder, and km does not search PATH", ENOENT);
        }
    }

    private static boolean linksToMonitor(String named) {
        long path = HostCall.cString(named);
        long buffer = HostMemory.allocate(PATH_MAX);
        try {
            long length = Native.syscall(NR_READLINK, path, buffer, PATH_MAX);
            if (length <= 0) return false;
            String target = new String(HostMemory.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
            return (target.equals("km") || target.endsWith("/km")) && exists(named.concat(SUFFIX));
        } finally {
            HostMemory.free(path);
            HostMemory.free(buffer);
        }
    }

    private static boolean exists(String path) {
        // O_PATH: whatever it is
        int descriptor = HostCall.open(path, 0x200000);
        if (descriptor < 0) return false;
        HostCall.close(descriptor);
        return true;
    }
}
