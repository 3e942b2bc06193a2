package io.kmdebug.monitor.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.monitor.host.HostDescriptors;
import org.junit.jupiter.api.Test;

class FdTableTest {
    private static final int EBADF = 9;
    private static final int EMFILE = 24;

    private final World world = new World();
    private final ResourceLimits limits = new ResourceLimits(world);
    private final FdTable table = new FdTable(world, limits);

    private int hostFile() {
        int low = lowHostFile();
        int high = (int) world.own(Sys.FCNTL, low, 1030, HostDescriptors.LOWEST_OF_PAYLOAD);
        world.own(Sys.CLOSE, low);
        return high;
    }

    private int lowHostFile() {
        return (int) world.own(Sys.OPEN, new Scratch().string("/dev/null"), 02000002);
    }

    private long install() {
        return table.install(hostFile(), new OpenFile(OpenFile.Kind.OTHER), false);
    }

    private boolean hostIsOpen(int fd) {
        return world.own(Sys.FCNTL, fd, 1) >= 0;
    }

    @Test
    void lowestFreeNumberIsTaken() {
        assertThat(table.numbers()).containsExactly(0, 1, 2);
        assertThat(install()).isEqualTo(3);
        assertThat(install()).isEqualTo(4);
        assertThat(table.close(3)).isZero();
        assertThat(install()).isEqualTo(3);
        assertThat(table.duplicate(3, 10, false)).isEqualTo(10);
        assertThat(table.duplicateTo(3, 200, true)).isEqualTo(200);
        table.closeRange(3, 0xffffffffL, false);
        assertThat(table.numbers()).containsExactly(0, 1, 2);
    }

    @Test
    void descriptorInUseStaysOpenOnTheHostUntilItsCallReturns() {
        int host = hostFile();
        long number = table.install(host, new OpenFile(OpenFile.Kind.OTHER), false);
        Descriptor inUse = table.acquire(number);
        assertThat(table.close(number)).isZero();
        assertThatThrownBy(() -> table.acquire(number)).isInstanceOf(SyscallFailure.class);
        assertThat(hostIsOpen(host)).isTrue();
        inUse.release();
        assertThat(hostIsOpen(host)).isFalse();
    }

    @Test
    void aNumberAmongTheMonitorsIsLeftToIt() {
        int low = lowHostFile();
        assertThat(low).isLessThan(HostDescriptors.LOWEST_OF_PAYLOAD);
        long number = table.install(low, new OpenFile(OpenFile.Kind.OTHER), false);
        int high = table.hostFd((int) number);
        assertThat(high).isGreaterThanOrEqualTo(HostDescriptors.LOWEST_OF_PAYLOAD);
        table.close(number);
        assertThat(hostIsOpen(high)).isFalse();
    }

    @Test
    void descriptorsOfTheMonitorAreNotThePayloads() {
        int mine = hostFile();
        assertThat(table.close(mine)).isEqualTo(-EBADF);
        assertThatThrownBy(() -> table.acquire(mine)).hasMessageContaining("errno " + EBADF);
        assertThat(hostIsOpen(mine)).isTrue();
        world.own(Sys.CLOSE, mine);
    }

    @Test
    void thePayloadsOwnLimitHolds() {
        assertThat(limits.set(ResourceLimits.NOFILE, 4, limits.hard(ResourceLimits.NOFILE)))
                .isZero();
        assertThat(install()).isEqualTo(3);
        int host = hostFile();
        assertThat(table.install(host, new OpenFile(OpenFile.Kind.OTHER), false))
                .isEqualTo(-EMFILE);
        assertThat(hostIsOpen(host)).as("not leaked").isFalse();
        assertThat(table.duplicate(0, 0, false)).isEqualTo(-EMFILE);
        assertThat(table.duplicateTo(0, 4, false)).isEqualTo(-EBADF);
        assertThatThrownBy(table::needRoom).hasMessageContaining("errno " + EMFILE);
        table.close(3);
    }

    @Test
    void execClosesWhatIsMarked() {
        long kept = install();
        long gone = table.duplicate(kept, 0, true);
        table.closeOnExec();
        assertThat(table.isOpen((int) kept)).isTrue();
        assertThat(table.isOpen((int) gone)).isFalse();
        table.close(kept);
    }

    @Test
    void aCopyKeepsTheHostDescriptorUntilBothHaveClosedIt() {
        int host = hostFile();
        long number = table.install(host, new OpenFile(OpenFile.Kind.OTHER), true);
        FdTable copy = table.copy();
        assertThat(copy.slots()).isEqualTo(table.slots());
        assertThat(copy.close(number)).isZero();
        assertThat(copy.close(number)).isEqualTo(-EBADF);
        assertThat(hostIsOpen(host)).isTrue();
        copy = table.copy();
        assertThat(table.close(number)).isZero();
        assertThat(hostIsOpen(host)).isTrue();
        copy.closeOnExec();
        assertThat(hostIsOpen(host)).isFalse();
    }

    @Test
    void slotsRebuildATable() {
        long number = install();
        table.duplicateTo(number, 300, true);
        FdTable again = FdTable.empty(world, limits);
        for (FdTable.Slot slot : table.slots()) again.place(slot);
        assertThat(again.slots()).isEqualTo(table.slots());
        assertThat(again.slots().get(4).file()).isSameAs(again.slots().get(3).file());
        assertThat(again.slots().get(4).closeOnExec()).isTrue();
    }
}
