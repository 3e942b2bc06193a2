package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.process.Processes;
import io.kmdebug.monitor.state.FileIdentity;
import io.kmdebug.monitor.state.NotKeepable;
import io.kmdebug.monitor.thread.Payload;

/** What of a payload, beside its descriptors, decides whether another process can go on for it. */
final class Keepable {
    private Keepable() {}

    /** @throws NotKeepable with the first reason why not */
    static void check(Payload payload) throws NotKeepable {
        Processes processes = Processes.of(payload);
        if (processes == null) throw new NotKeepable("it is a child of vfork(2) on its parent's memory");
        if (processes.hasChildren()) throw new NotKeepable("it has child processes, which a snapshot is not of");
        String undo = payload.services().semaphores().held();
        if (undo != null) throw new NotKeepable(undo);
        String directory = HostFile.link("/proc/self/cwd");
        if (directory != null && directory.endsWith(" (deleted)")) {
            throw new NotKeepable("its working directory is not there any more: " + directory);
        }
        for (Region region : payload.space().regions()) {
            MappedFile backing = region.backing();
            if (backing == null && region.name().equals(Region.ASYNCHRONOUS_CONTEXT)) {
                throw new NotKeepable("it has a context for asynchronous input and output (io_setup)");
            }
            if (backing == null || backing.isAnonymous() || !region.shared()) continue;
            FileIdentity there = HostFile.identity(backing.path());
            if (there == null || there.inode() != backing.inode() || there.device() != backing.device()) {
                throw new NotKeepable("memory at 0x" + Long.toHexString(region.start()) + " is shared with the file "
                        + backing.path() + ", which could not be opened again");
            }
        }
    }
}
