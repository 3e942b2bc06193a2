package io.kmdebug.monitor.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files behind the regions. One object stands for one file that is open in one way, so that neighbours can be one
 * region; it is closed with its last region. For callers that hold the address space's write lock.
 */
final class MappedFiles {
    private final Map<String, MappedFile> files = new HashMap<>();
    private final RegionMap regions;

    MappedFiles(RegionMap regions) {
        this.regions = regions;
    }

    /** The object that stands for a file already, which the given one is closed for; or the given one. */
    MappedFile known(MappedFile file) {
        String key = key(file);
        MappedFile known = files.get(key);
        if (known == file) return file;
        if (known != null && known.isSameAs(file)) {
            file.close();
            return known;
        }
        files.put(key, file);
        return file;
    }

    void forget(MappedFile file) {
        file.close();
        files.remove(key(file), file);
    }

    private static String key(MappedFile file) {
        return file.path() + '\0' + file.accessMode();
    }

    /** Closes what no region uses any more. */
    void sweep() {
        List<MappedFile> unused = regions.unused();
        if (unused.isEmpty()) return;
        for (MappedFile file : unused) if (file.uses == 0) forget(file);
        unused.clear();
    }
}
