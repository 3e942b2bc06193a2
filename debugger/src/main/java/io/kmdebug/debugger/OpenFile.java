package io.kmdebug.debugger;

/**
 * A descriptor of the program.
 *
 * @param name a path, or what it is: {@code pipe:[4711]}
 * @param flags of open(2): {@code O_RDWR|O_APPEND}
 * @param offset in the file; 0 of what has none
 */
public record OpenFile(int number, String name, String flags, long offset) {
    /** A line for people. */
    public String text() {
        return name + "  " + flags + (offset == 0 ? "" : ", at " + offset);
    }
}
