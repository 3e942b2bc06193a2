package io.kmdebug.cli.triage;

import io.kmdebug.cli.triage.Bucket.Core;
import io.kmdebug.debugger.CrashDigest;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sorts cores by what happened. Of each only that is kept; one that cannot be read has a reason, and takes nothing from
 * the others.
 */
final class Triage {
    /** What is mapped of files goes with the garbage: this often it is collected, should memory not ask for it before. */
    private static final int CORES_BETWEEN_COLLECTIONS = 8;

    private final Function<Path, Session> opener;
    private final Lanes lanes;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private final Map<Path, String> unreadable;
    private int looked;

    /** @param unreadable what is known to be so already */
    Triage(Function<Path, Session> opener, Lanes lanes, Map<Path, String> unreadable) {
        this.opener = opener;
        this.lanes = lanes;
        this.unreadable = new TreeMap<>(unreadable);
    }

    /** What a core says, or why it says nothing. */
    private record Look(
            Path path, @Nullable Core core, @Nullable CrashDigest digest, String reason) {}

    void sort(List<Path> cores) throws InterruptedException {
        lanes.inOrder(cores, this::look, this::take);
    }

    /** Those with the most cores first. */
    List<Bucket> buckets() {
        List<Bucket> sorted = new ArrayList<>(buckets.values());
        sorted.sort(Bucket.BY_COUNT);
        return sorted;
    }

    /** In the order of their paths. */
    Map<Path, String> unreadable() {
        return unreadable;
    }

    private Look look(Path path) {
        try (Session session = opener.apply(path)) {
            CrashDigest digest = session.digest();
            return new Look(path, new Core(path, Files.getLastModifiedTime(path)), digest, "");
        } catch (DebuggerException e) {
            return new Look(path, null, null, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return new Look(path, null, null, "it is gone");
        } catch (IOException e) {
            return new Look(path, null, null, String.valueOf(e.getMessage()));
        } catch (RuntimeException | VirtualMachineError e) {
            return new Look(path, null, null, "this failed inside the debugger: " + e + "; please report it");
        }
    }

    private void take(Look look) {
        CrashDigest digest = look.digest;
        Core core = look.core;
        if (digest == null || core == null) {
            unreadable.put(look.path, look.reason);
        } else {
            buckets.computeIfAbsent(key(digest), k -> new Bucket(core, digest)).add(core, digest);
        }
        if (++looked % CORES_BETWEEN_COLLECTIONS == 0) System.gc();
    }

    /** Without any name nothing but the signal and the program are there to go by. */
    private static String key(CrashDigest digest) {
        if (digest.signature() != null) return digest.signature();
        return (digest.signal() == null ? 0 : digest.signal().signal()) + " " + digest.program();
    }
}
