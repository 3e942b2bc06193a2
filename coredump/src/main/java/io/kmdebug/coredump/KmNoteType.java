package io.kmdebug.coredump;

/** Types of the notes that KM puts into its cores under the owner "KMSP"; each is an ASCII tag. */
final class KmNoteType {
    static final String OWNER = "KMSP";
    /** KMPR: state of one virtual CPU. */
    static final int VCPU = 0x4b4d_5052;
    /** KMGV: the payload. */
    static final int GUESTV = 0x4b4d_4756;
    /** KMGT: the payload, as older versions of KM wrote it. */
    static final int GUEST = 0x4b4d_4754;
    /** KMDL: the dynamic linker. */
    static final int DYNLINKER = 0x4b4d_444c;
    /** KMMN: the monitor, with a label and a description. */
    static final int MONITOR = 0x4b4d_4d4e;

    /** KMDU: descriptors that share an open file description. */
    static final int DUP_DATA = 0x4b4d_4455;
    /** KMFD: a file or a pipe. */
    static final int FILE = 0x4b4d_4644;
    /** KMEV. */
    static final int EVENTFD = 0x4b4d_4556;
    /** KMSK. */
    static final int SOCKET = 0x4b4d_534b;
    /** KMEP. */
    static final int EPOLLFD = 0x4b4d_4550;
    /** KMSH: the action of a signal that is not the default. */
    static final int SIGHAND = 0x4b4d_5348;
    /** KMCX: contexts of asynchronous I/O. */
    static final int IOCONTEXTS = 0x4b4d_4358;

    private KmNoteType() {}
}
