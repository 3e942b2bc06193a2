package io.kmdebug.monitor.state;

import java.util.List;

/**
 * The payload's descriptors.
 *
 * @param slots by number
 * @param files open file descriptions; descriptors that dup(2) made share one
 */
public record DescriptorsState(List<Slot> slots, List<OpenFileState> files) {
    public static final DescriptorsState NONE = new DescriptorsState(List.of(), List.of());

    /**
     * @param fd the payload's number
     * @param hostFd the number behind it in the process that was captured: epoll(7) knows registrations by it
     * @param file index into {@link DescriptorsState#files}
     */
    public record Slot(int fd, int hostFd, boolean closeOnExec, int file) {}
}
