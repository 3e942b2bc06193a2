package io.kmdebug.symbols;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The macro definitions of one unit in the order of its text, with the files that it includes between them. An entry is
 * a row of numbers; names are compared where they stand.
 */
final class MacroTable {
    static final MacroTable EMPTY = new MacroTable();

    private static final byte DEFINE = 1;
    private static final byte UNDEFINE = 2;
    private static final byte START_FILE = 3;
    private static final byte END_FILE = 4;

    /** Headers of a whole system have 100,000. */
    private static final int MAX_ENTRIES = 2_000_000;

    /** Of a name, so that a section without the end of a string is not read through for each entry. */
    private static final int MAX_NAME_BYTES = 1 << 10;

    private int count;
    private byte[] kinds = {};
    /** From 1; 0 for what the compiler and its command line define. */
    private int[] lines = {};
    /** Of the name; for the start of a file its place in {@link #files}. */
    private int[] hashes = {};

    private @Nullable StringPlace[] places = {};
    private @Nullable SourceFile[] files = {};
    private int fileCount;

    /** Returns whether there is room for more. */
    boolean define(long line, StringPlace definition) {
        return add(DEFINE, line, nameHash(definition), definition);
    }

    boolean undefine(long line, StringPlace name) {
        return add(UNDEFINE, line, nameHash(name), name);
    }

    boolean startFile(long line, @Nullable SourceFile file) {
        if (fileCount == files.length) files = Arrays.copyOf(files, Math.max(16, fileCount * 2));
        files[fileCount] = file;
        return add(START_FILE, line, fileCount++, null);
    }

    boolean endFile() {
        return add(END_FILE, 0, 0, null);
    }

    private boolean add(byte kind, long line, int hash, @Nullable StringPlace place) {
        if (count == MAX_ENTRIES) return false;
        if (count == kinds.length) {
            int larger = Math.max(512, count * 2);
            kinds = Arrays.copyOf(kinds, larger);
            lines = Arrays.copyOf(lines, larger);
            hashes = Arrays.copyOf(hashes, larger);
            places = Arrays.copyOf(places, larger);
        }
        kinds[count] = kind;
        lines[count] = (int) Math.max(0, Math.min(Integer.MAX_VALUE, line));
        hashes[count] = hash;
        places[count] = place;
        count++;
        return true;
    }

    /**
     * The definition of {@code name} that holds behind line {@code line} of {@code file}, as it is included first and
     * least deeply; at the end of the unit when it does not say that it includes the file.
     */
    @Nullable
    Macro find(String name, @Nullable SourceFile file, int line) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            // names of other than ASCII letters are in UTF-8, which the loop below does not make
            if (name.charAt(i) >= 0x80) return null;
            hash = hash * 31 + name.charAt(i);
        }
        int start = file == null ? -1 : inclusionOf(file);
        int end = start < 0 ? count : end(start, line);
        for (int i = end - 1; i >= 0; i--) {
            StringPlace place = places[i];
            if (place == null || hashes[i] != hash || !isNamed(place, name)) continue;
            return kinds[i] == DEFINE ? Macro.parse(place.text()) : null;
        }
        return null;
    }

    private int inclusionOf(SourceFile file) {
        int found = -1;
        int least = Integer.MAX_VALUE;
        int depth = 0;
        for (int i = 0; i < count; i++) {
            if (kinds[i] == START_FILE) {
                SourceFile included = files[hashes[i]];
                if (depth < least && included != null && included.path().equals(file.path())) {
                    found = i;
                    least = depth;
                }
                depth++;
            } else if (kinds[i] == END_FILE) {
                depth--;
            }
        }
        return found;
    }

    /** The entry behind the last one that counts at {@code line} of the file that starts at entry {@code start}. */
    private int end(int start, int line) {
        int depth = 0;
        for (int i = start + 1; i < count; i++) {
            if (depth == 0 && (kinds[i] == END_FILE || lines[i] > line)) return i;
            if (kinds[i] == START_FILE) depth++;
            else if (kinds[i] == END_FILE) depth--;
        }
        return count;
    }

    private static boolean isNameByte(int b) {
        return b != 0 && b != ' ' && b != '(';
    }

    private static int nameHash(StringPlace place) {
        int hash = 0;
        int b;
        long end = Math.min(place.section().length(), place.offset() + MAX_NAME_BYTES);
        for (long at = place.offset(); at < end; at++) {
            b = place.section().u1(at);
            if (!isNameByte(b)) break;
            hash = hash * 31 + b;
        }
        return hash;
    }

    private static boolean isNamed(StringPlace place, String name) {
        long at = place.offset();
        long length = place.section().length();
        if (at > length - name.length()) return false;
        for (int i = 0; i < name.length(); i++) if (place.section().u1(at + i) != name.charAt(i)) return false;
        long behind = at + name.length();
        return behind == length || !isNameByte(place.section().u1(behind));
    }
}
