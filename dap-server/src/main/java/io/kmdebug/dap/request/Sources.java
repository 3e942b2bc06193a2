package io.kmdebug.dap.request;

import io.kmdebug.dap.wire.BadArgument;
import io.kmdebug.debugger.SourceLocation;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.debug.Checksum;
import org.eclipse.lsp4j.debug.ChecksumAlgorithm;
import org.eclipse.lsp4j.debug.Source;
import org.eclipse.lsp4j.debug.SourcePresentationHint;
import org.jspecify.annotations.Nullable;

/**
 * Places in source files, in the client's terms: lines and columns from 0 or 1, paths or URIs, and a number for each
 * file that is not on this machine's disk, so that the client asks the debugger for its text.
 */
final class Sources {
    private final Map<String, Integer> references = new HashMap<>();
    private final List<String> referenced = new ArrayList<>();
    private int lineBase = 1;
    private int columnBase = 1;
    private boolean uris;

    synchronized void count(boolean linesStartAt1, boolean columnsStartAt1, boolean pathsAreUris) {
        lineBase = linesStartAt1 ? 1 : 0;
        columnBase = columnsStartAt1 ? 1 : 0;
        uris = pathsAreUris;
    }

    synchronized int clientLine(int line) {
        return line - 1 + lineBase;
    }

    /** The client's column; null when it is not known. */
    synchronized @Nullable Integer clientColumn(int column) {
        return column == 0 ? null : column - 1 + columnBase;
    }

    synchronized int line(int clientLine) {
        return clientLine + 1 - lineBase;
    }

    /** The debugger's column: 0 for none. */
    synchronized int column(@Nullable Integer clientColumn) {
        return clientColumn == null ? 0 : Math.max(clientColumn + 1 - columnBase, 0);
    }

    synchronized Source source(SourceLocation location) {
        String path = location.path();
        Path file = Path.of(path);
        Source source = new Source();
        Path name = file.getFileName();
        source.setName(name == null ? path : name.toString());
        boolean onDisk = file.isAbsolute() && Files.isRegularFile(file);
        source.setPath(uris && file.isAbsolute() ? file.toUri().toString() : path);
        if (location.md5() != null) {
            Checksum checksum = new Checksum();
            checksum.setAlgorithm(ChecksumAlgorithm.MD5);
            checksum.setChecksum(location.md5());
            source.setChecksums(new Checksum[] {checksum});
        }
        if (!onDisk) {
            source.setSourceReference(references.computeIfAbsent(path, p -> {
                referenced.add(p);
                return referenced.size();
            }));
            source.setOrigin("not on this disk");
            source.setPresentationHint(SourcePresentationHint.DEEMPHASIZE);
        }
        return source;
    }

    /** The debugger's path of a source that the client names. */
    synchronized String path(@Nullable Source source, int reference, String field) {
        int number = reference;
        if (number == 0 && source != null && source.getSourceReference() != null) {
            number = source.getSourceReference();
        }
        if (number > 0) {
            if (number > referenced.size()) {
                throw new BadArgument(field + ".sourceReference", "is " + number + ", which was not given out");
            }
            return referenced.get(number - 1);
        }
        String path = source == null ? null : source.getPath();
        if (path == null || path.isEmpty()) {
            throw new BadArgument(field + ".path", "is missing; it must be the path of a source file");
        }
        if (!uris && !path.startsWith("file:")) {
            return path;
        }
        try {
            return Path.of(URI.create(path)).toString();
        } catch (IllegalArgumentException | java.nio.file.FileSystemNotFoundException e) {
            throw new BadArgument(field + ".path", "must be a file: URI, not '" + path + "'");
        }
    }
}
