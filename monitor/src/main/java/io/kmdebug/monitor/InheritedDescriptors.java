package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostMemory;
import io.kmdebug.monitor.host.Native;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.OpenFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Host descriptors at the start. Those that {@code km} was started with belong to the payload. The monitor's own have
 * close-on-exec, which no inherited one can have, or they are files of the Java runtime.
 */
final class InheritedDescriptors {
    /** Behind the standard descriptors. */
    private static final int FIRST = 3;

    private static final int NR_POLL = 7;
    private static final int NR_GETSOCKOPT = 55;
    private static final int SOL_SOCKET = 1;
    private static final int SO_DOMAIN = 39;
    private static final int AF_UNIX = 1;
    private static final int POLLHUP = 0x10;
    private static final int NR_FCNTL = 72;
    private static final int NR_READLINK = 89;
    private static final int NR_GETDENTS64 = 217;

    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int O_RDONLY_DIRECTORY_CLOEXEC = 02200000;
    private static final int BUFFER_BYTES = 4096;
    private static final int D_RECLEN = 16;
    private static final int D_NAME = 19;

    /** Numbers and the host descriptors that are behind them now. */
    private final List<int[]> inherited = new ArrayList<>(0);

    private InheritedDescriptors() {}

    /** To be called before the monitor opens anything without close-on-exec. */
    static InheritedDescriptors find() {
        InheritedDescriptors found = new InheritedDescriptors();
        for (int number : open()) {
            long flags = Native.syscall(NR_FCNTL, number, F_GETFD);
            if (flags == 0 && !isRuntimes(number) && !isMarker(number)) found.keep(number);
        }
        return found;
    }

    /**
     * Whether it is one end of a socket pair whose other end is closed. The runtime's classes for channels make such
     * ones without close-on-exec as soon as they are used, and nobody hands one to a program to any end.
     */
    private static boolean isMarker(int number) {
        long memory = HostMemory.allocate(16);
        try {
            HostMemory.putInt(memory + 8, 4);
            boolean local = Native.syscall(NR_GETSOCKOPT, number, SOL_SOCKET, SO_DOMAIN, memory, memory + 8) == 0
                    && HostMemory.getInt(memory) == AF_UNIX;
            if (!local) return false;
            HostMemory.putInt(memory, number);
            HostMemory.putInt(memory + 4, 0);
            long ready = Native.syscall(NR_POLL, memory, 1, 0);
            return ready == 1 && (HostMemory.getInt(memory + 4) >>> 16 & POLLHUP) != 0;
        } finally {
            HostMemory.free(memory);
        }
    }

    private static boolean isRuntimes(int number) {
        long link = HostCall.cString("/proc/self/fd/" + number);
        long buffer = HostMemory.allocate(BUFFER_BYTES);
        try {
            long length = Native.syscall(NR_READLINK, link, buffer, BUFFER_BYTES);
            if (length <= 0) return false;
            String path = new String(HostMemory.read(buffer, (int) length), StandardCharsets.ISO_8859_1);
            return path.equals("/dev/random")
                    || path.equals("/dev/urandom")
                    || path.charAt(0) == '/'
                            && (path.startsWith(System.getProperty("java.home"))
                                    || System.getProperty("java.class.path").contains(path));
        } finally {
            HostMemory.free(link);
            HostMemory.free(buffer);
        }
    }

    private void keep(int number) {
        int host = number;
        if (number < HostDescriptors.LOWEST_OF_PAYLOAD) {
            long moved = Native.syscall(NR_FCNTL, number, F_DUPFD_CLOEXEC, HostDescriptors.LOWEST_OF_PAYLOAD);
            if (moved >= 0) {
                HostCall.close(number);
                host = (int) moved;
            }
        } else {
            Native.syscall(NR_FCNTL, number, F_SETFD, FD_CLOEXEC);
        }
        inherited.add(new int[] {number, host});
    }

    /** The numbers in {@code /proc/self/fd} from 3 on. */
    private static List<Integer> open() {
        List<Integer> numbers = new ArrayList<>();
        int folder = HostCall.open("/proc/self/fd", O_RDONLY_DIRECTORY_CLOEXEC);
        if (folder < 0) return numbers;
        long buffer = HostMemory.allocate(BUFFER_BYTES);
        while (true) {
            long length = Native.syscall(NR_GETDENTS64, folder, buffer, BUFFER_BYTES);
            if (length <= 0) break;
            for (long at = buffer; at < buffer + length; at += HostMemory.getShort(at + D_RECLEN)) {
                int number = number(at + D_NAME);
                if (number >= FIRST && number != folder) numbers.add(number);
            }
        }
        HostMemory.free(buffer);
        HostCall.close(folder);
        return numbers;
    }

    /** The decimal number at {@code at}, NUL behind it; -1 when it is none. */
    private static int number(long at) {
        int number = 0;
        for (long i = at; HostMemory.getByte(i) != 0; i++) {
            int digit = HostMemory.getByte(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            number = 10 * number + digit;
        }
        return number;
    }

    /** The host descriptors behind the numbers. */
    Map<Integer, Integer> byNumber() {
        Map<Integer, Integer> hosts = new HashMap<>();
        for (int[] one : inherited) hosts.put(one[0], one[1]);
        return hosts;
    }

    /** Gives them to the payload under their numbers. */
    void place(FdTable table) {
        for (int[] one : inherited) {
            OpenFile file = table.describe(one[1]);
            file.standard(one[0]);
            table.place(new FdTable.Slot(one[0], one[1], false, file));
        }
    }
}
