package io.kmdebug.rsp;

/** Sees every packet that passes, without framing; long ones are shortened. Called on the thread that sends or reads. */
@FunctionalInterface
public interface PacketLog {
    /** Keeps nothing. */
    PacketLog NONE = (sent, packet) -> {};

    /**
     * @param sent true from us to the other side
     * @param packet the content between {@code $} and {@code #}, Latin-1; {@code "<interrupt>"} for byte 0x03
     */
    void packet(boolean sent, String packet);
}
