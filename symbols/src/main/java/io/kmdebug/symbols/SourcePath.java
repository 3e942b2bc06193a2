package io.kmdebug.symbols;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A path as a user names a source file: whole, or a trailing part of the path that the line table has. */
final class SourcePath {
    private final String path;
    private final byte[] baseName;

    SourcePath(String path) {
        this.path = normalise(path);
        this.baseName = this.path.substring(this.path.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
    }

    /** The part behind the last slash, in UTF-8. */
    byte[] baseName() {
        return baseName;
    }

    boolean matches(String file) {
        if (file.equals(path)) return true;
        if (path.startsWith("/") && file.startsWith("/")) return false;
        // where the compilation directory is not known, it is the table's path that is the trailing part
        return endsWith(file, path) || (path.startsWith("/") && endsWith(path, file));
    }

    private static boolean endsWith(String whole, String part) {
        return whole.endsWith(part)
                && (whole.length() == part.length() || whole.charAt(whole.length() - part.length() - 1) == '/');
    }

    static String join(String directory, String name) {
        return name.startsWith("/") || directory.isEmpty() ? name : directory + "/" + name;
    }

    /** Without empty parts, "." and "..". */
    static String normalise(String path) {
        if (!path.contains("//") && !path.contains("./") && !path.endsWith("/.") && !path.endsWith("/..")) return path;
        boolean absolute = path.startsWith("/");
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) continue;
            boolean up = part.equals("..");
            if (up && !parts.isEmpty() && !parts.get(parts.size() - 1).equals("..")) parts.remove(parts.size() - 1);
            else if (!up || !absolute) parts.add(part);
        }
        return (absolute ? "/" : "") + String.join("/", parts);
    }
}
