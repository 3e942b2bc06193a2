package io.kmdebug.monitor.snapshot;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.state.FileLock;
import io.kmdebug.monitor.state.NotKeepable;
import java.util.ArrayList;
import java.util.List;

/**
 * The locks that are held through a descriptor, as its fdinfo lists them: "lock: N: POSIX ADVISORY WRITE PID
 * MAJOR:MINOR:INODE START END", where END may be EOF. proc_pid_fdinfo(5), proc_locks(5).
 */
final class LocksTaken {
    private static final int KIND = 2;
    private static final int MODE = 3;
    private static final int TYPE = 4;
    private static final int HOLDER = 5;
    private static final int START = 7;
    private static final int END = 8;

    private LocksTaken() {}

    /**
     * @param inherited whether km was started with the description: what its other users have locked is theirs
     * @throws NotKeepable for a lock that cannot be taken again
     */
    static List<FileLock> of(HostFile host, boolean inherited) throws NotKeepable {
        List<FileLock> locks = new ArrayList<>(0);
        for (String line : host.information()) {
            if (!line.startsWith("lock:")) continue;
            String[] words = line.split("\\s+");
            if (words.length <= END) throw new NotKeepable("a lock that is not understood, \"" + line + "\"");
            FileLock.Kind kind = kind(words);
            boolean others = kind == FileLock.Kind.WHOLE || kind == FileLock.Kind.LEASE;
            if (inherited && others && !words[HOLDER].equals(Integer.toString(HostCall.getpid()))) continue;
            long end = words[END].equals("EOF") ? FileLock.TO_END : Long.parseLong(words[END]);
            locks.add(new FileLock(kind, words[TYPE].equals("WRITE"), Long.parseLong(words[START]), end));
        }
        return locks;
    }

    private static FileLock.Kind kind(String[] words) throws NotKeepable {
        String name = words[KIND] + " " + words[MODE];
        return switch (name) {
            case "FLOCK ADVISORY" -> FileLock.Kind.WHOLE;
            case "POSIX ADVISORY" -> FileLock.Kind.POSIX;
            case "OFDLCK ADVISORY" -> FileLock.Kind.OPEN_FILE;
            case "LEASE ACTIVE" -> FileLock.Kind.LEASE;
            case "LEASE BREAKING" -> throw new NotKeepable("another process waits for its lease (F_SETLEASE) to end");
            default -> throw new NotKeepable("a lock of the kind " + name + " is held");
        };
    }
}
