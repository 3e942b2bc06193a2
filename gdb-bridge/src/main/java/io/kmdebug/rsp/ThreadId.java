package io.kmdebug.rsp;

/**
 * A thread as packets name it: {@code tid}, or {@code ppid.tid} with the multiprocess extension, in hex. GDB RSP:
 * "Packets", thread-id syntax.
 *
 * @param pid process id, {@link #ALL}, {@link #ANY}, or {@link #NONE} when the packet has no process part
 * @param tid thread id, {@link #ALL} or {@link #ANY}
 */
record ThreadId(int pid, int tid) {
    static final int ALL = -1;
    static final int ANY = 0;
    static final int NONE = -2;

    static ThreadId parse(PacketCursor in) {
        if (!in.skip('p')) return new ThreadId(NONE, number(in));
        int pid = number(in);
        return new ThreadId(pid, in.skip('.') ? number(in) : ALL);
    }

    private static int number(PacketCursor in) {
        if (in.skip("-1")) return ALL;
        return in.hexInt();
    }

    boolean isSpecific() {
        return tid > 0;
    }

    void write(PacketWriter out) {
        if (pid != NONE) {
            number(out.text('p'), pid);
            out.text('.');
        }
        number(out, tid);
    }

    private static void number(PacketWriter out, int value) {
        if (value == ALL) out.text("-1");
        else out.hex(value);
    }
}
