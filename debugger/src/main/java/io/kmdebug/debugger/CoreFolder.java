package io.kmdebug.debugger;

import io.kmdebug.coredump.CoreFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The cores below a folder: what begins as one, and what is called as one and does not.
 *
 * @param cores in the order of their paths
 * @param unreadable files and folders that could not be looked at, with the reason
 * @param others how many files are no cores
 */
public record CoreFolder(List<Path> cores, Map<Path, String> unreadable, int others) {
    /** {@code core}, {@code core.1234}, {@code kmcore.7}, {@code core.sshd.1000.4f2a.zst}, {@code app.core}. */
    private static final Pattern NAME =
            Pattern.compile("(km)?core([.-]\\S*\\d\\S*)?(\\.(zst|zstd|gz))?|.+\\.core(\\.(zst|zstd|gz))?");

    /**
     * Looks below {@code folder}, without following links to other folders.
     *
     * @throws DebuggerException when there is no such folder
     */
    public static CoreFolder of(Path folder) {
        if (!Files.exists(folder)) throw new DebuggerException("The folder " + folder + " does not exist.");
        if (!Files.isDirectory(folder)) throw new DebuggerException(folder + " is no folder.");
        Search search = new Search();
        try {
            Files.walkFileTree(folder, search);
        } catch (IOException e) {
            throw new DebuggerException("The folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
        search.cores.sort(null);
        return new CoreFolder(search.cores, search.unreadable, search.others);
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        private final List<Path> cores = new ArrayList<>();
        private final Map<Path, String> unreadable = new TreeMap<>();
        private int others;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            // a pipe would be waited for, a device has no end
            if (!Files.isRegularFile(file)) return FileVisitResult.CONTINUE;
            boolean named = NAME.matcher(String.valueOf(file.getFileName())).matches();
            try {
                if (named || CoreFile.is(file)) cores.add(file);
                else others++;
            } catch (IOException e) {
                unreadable.put(file, reason(e));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            unreadable.put(file, reason(problem));
            return FileVisitResult.CONTINUE;
        }

        private static String reason(IOException problem) {
            return problem instanceof java.nio.file.AccessDeniedException
                    ? "permission denied"
                    : String.valueOf(problem.getMessage());
        }
    }
}
