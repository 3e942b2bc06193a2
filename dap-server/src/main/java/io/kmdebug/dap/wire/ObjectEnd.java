package io.kmdebug.dap.wire;

/** Finds where a JSON object ends that comes in pieces, following strings and brackets but nothing else of JSON. */
final class ObjectEnd {
    private int depth;
    private boolean string;
    private boolean escaped;
    private boolean found;

    /** Whether the end has been seen. */
    boolean found() {
        return found;
    }

    /**
     * Looks at the next piece.
     *
     * @return the index behind the object's last byte, or {@code to}
     */
    int search(byte[] text, int from, int to) {
        int open = depth;
        boolean inString = string;
        boolean skip = escaped;
        int at = from;
        while (at < to && !found) {
            int b = text[at++];
            if (skip) {
                skip = false;
            } else if (inString) {
                if (b == '\\') skip = true;
                else if (b == '"') inString = false;
            } else if (b == '"') {
                inString = true;
            } else if (b == '{' || b == '[') {
                open++;
            } else if (b == '}' || b == ']') {
                found = --open == 0;
            }
        }
        depth = open;
        string = inString;
        escaped = skip;
        return at;
    }
}
