package io.kmdebug.monitor.core;

import io.kmdebug.coredump.OpenDescriptor;
import io.kmdebug.monitor.syscall.FdTable;
import io.kmdebug.monitor.syscall.OpenFile;
import io.kmdebug.monitor.thread.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The payload's descriptors as others see them. */
public final class DescriptorList {
    private static final int CLOSE_ON_EXEC = 02000000;

    private DescriptorList() {}

    /** All that are open, by number. */
    static List<OpenDescriptor> of(Payload payload) {
        List<OpenDescriptor> list = new ArrayList<>();
        for (FdTable.Slot slot : payload.services().descriptors().slots()) {
            OpenDescriptor host = OpenDescriptor.described(slot.number(), name(slot), information(slot.hostFd()));
            int flags = slot.closeOnExec() ? host.flags() | CLOSE_ON_EXEC : host.flags() & ~CLOSE_ON_EXEC;
            list.add(new OpenDescriptor(host.number(), flags, host.offset(), host.name()));
        }
        return list;
    }

    /** proc(5): {@code /proc/PID/fdinfo}. */
    private static String information(int hostFd) {
        try {
            return Files.readString(Path.of("/proc/self/fdinfo/" + hostFd));
        } catch (IOException e) {
            return ""; // without /proc there are names at most
        }
    }

    /** As a symbolic link of /proc/self/fd has it for the payload. */
    public static String name(FdTable.Slot slot) {
        OpenFile file = slot.file();
        String own = file.procPath();
        if (own != null) return own;
        if (file.kind() == OpenFile.Kind.SIGNALFD) return "anon_inode:[signalfd]";
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + slot.hostFd()))
                    .toString();
        } catch (IOException e) {
            return "?";
        }
    }
}
