package io.kmdebug.monitor.process;

/** Kinds of messages between a monitor and the one that is to become its child, or is. */
final class Message {
    /** From the spare: it has started. */
    static final int READY = 1;
    /** To the spare: become this process, a state; its descriptors, those behind its memory, its directory. */
    static final int FORK = 2;
    /** From the child: the memory is laid out; where guest address 0 is, 8 bytes. */
    static final int MAPPED = 3;
    /** To the child: its memory is filled, go on. */
    static final int FILLED = 4;
    /** From the child: it cannot; a text. */
    static final int FAILED = 5;
    /** To a child that has not called exec: setpgid(2), the group, 4 bytes. */
    static final int SET_GROUP = 6;
    /** From the child: the result of what was asked, 8 bytes. */
    static final int RESULT = 7;
    /** To the spare: be a child of ours whose payload still runs here, on our memory; the process group, 4 bytes. */
    static final int RESERVE = 8;
    /** To a reserved one: make a system call, four numbers of 8 bytes; a descriptor for the first argument, if any. */
    static final int CALL = 9;
    /** To a reserved one: exit(2), 4 bytes. */
    static final int EXIT = 10;
    /** To a reserved one: end by a signal, 4 bytes. */
    static final int KILLED = 11;
    /** To a reserved one: run this program, a state without memory; its descriptors, the program's files. */
    static final int EXEC = 12;

    private Message() {}
}
