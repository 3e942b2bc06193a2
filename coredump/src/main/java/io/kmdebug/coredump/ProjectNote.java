package io.kmdebug.coredump;

/**
 * Notes of this project's own in cores: what Linux's have no room for. Their types are ASCII tags, since readers take the
 * small numbers of any owner for Linux's.
 */
final class ProjectNote {
    static final String OWNER = "KMDEBUG";

    /** {@link OpenDescriptor}; "KDFD". */
    static final int DESCRIPTORS = 0x4b44_4644;

    /** {@link PendingSystemCall}; "KDSC". */
    static final int CALLS = 0x4b44_5343;

    private ProjectNote() {}
}
