package io.kmdebug.dap.wire;

/** What {@link FrameReader} finds next in the stream. */
public sealed interface Frame {
    /** A message body that is, as far as its brackets go, one JSON object. */
    record Body(String json) implements Frame {}

    /**
     * Input that is not a message; the reader has gone, or will go, on to the next header.
     *
     * @param problem for people: what was found and what was expected
     * @param text as much of the broken message as was read, to answer it if it says who it is; maybe empty
     */
    record Broken(String problem, String text) implements Frame {}
}
