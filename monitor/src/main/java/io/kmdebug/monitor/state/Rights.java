package io.kmdebug.monitor.state;

import java.util.List;

/**
 * Whom a thread acts for, and what it may. credentials(7), capabilities(7).
 *
 * @param users real, effective, saved, of the file system
 * @param groups likewise
 * @param supplementary groups in the kernel's order
 * @param capabilities inheritable, permitted, effective, bounding, ambient set
 * @param secureBits of PR_SET_SECUREBITS, PR_SET_KEEPCAPS among them
 */
public record Rights(
        List<Integer> users,
        List<Integer> groups,
        List<Integer> supplementary,
        List<Long> capabilities,
        boolean noNewPrivileges,
        int secureBits) {
    /** How many user ids there are, and group ids. */
    public static final int IDS = 4;
    /** How many sets of capabilities there are. */
    public static final int SETS = 5;

    private static final int BOUNDING = 3;

    public Rights {
        if (users.size() != IDS || groups.size() != IDS || capabilities.size() != SETS) {
            throw new IllegalArgumentException(users + ", " + groups + ", " + capabilities);
        }
    }

    /**
     * Whether a thread with these may go on for one with others: as the same, with what it may now, and with nothing more
     * to come. What a program could gain by another one that it starts may be less.
     */
    public boolean isNoMoreThan(Rights other) {
        List<Long> sets = other.capabilities;
        for (int i = 0; i < SETS; i++) {
            long here = capabilities.get(i);
            if (i == BOUNDING ? (here & ~sets.get(i)) != 0 : here != sets.get(i)) return false;
        }
        boolean same = users.equals(other.users) && groups.equals(other.groups);
        return same
                && supplementary.equals(other.supplementary)
                && (noNewPrivileges || !other.noNewPrivileges)
                && secureBits == other.secureBits;
    }

    /** The first of these that others lack, for a message. */
    public String difference(Rights other) {
        if (!users.equals(other.users)) return "users " + users;
        if (!groups.equals(other.groups)) return "groups " + groups;
        if (!supplementary.equals(other.supplementary)) return "supplementary groups " + supplementary;
        if (!capabilities.equals(other.capabilities)) {
            return "capabilities "
                    + capabilities.stream()
                            .map(set -> "0x" + Long.toHexString(set))
                            .toList();
        }
        if (noNewPrivileges != other.noNewPrivileges) return "no_new_privs " + (noNewPrivileges ? 1 : 0);
        return "securebits 0x" + Integer.toHexString(secureBits);
    }
}
