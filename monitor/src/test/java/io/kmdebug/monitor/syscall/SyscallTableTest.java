package io.kmdebug.monitor.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SyscallTableTest {
    private static final int ENOSYS = 38;

    private final FakeThread thread = new FakeThread();
    private final long[] arguments = new long[6];

    @AfterEach
    void tearDown() {
        thread.memory.close();
    }

    @Test
    void unknownCallIsLoggedOnceAndAnsweredWithEnosys() {
        SyscallTable table = new SyscallTable(false);
        assertThat(table.dispatch(thread, 175, arguments)).isEqualTo(-ENOSYS);
        assertThat(table.dispatch(thread, 175, arguments)).isEqualTo(-ENOSYS);
        assertThat(table.dispatch(thread, Long.MIN_VALUE, arguments)).isEqualTo(-ENOSYS);
        assertThat(thread.log)
                .containsExactly(
                        "unimplemented system call init_module (175)",
                        "unimplemented system call syscall_-9223372036854775808 (-9223372036854775808)");
        assertThat(thread.signals().pending()).isZero();
    }

    @Test
    void unknownCallRaisesSigsysWhenAsked() {
        assertThat(new SyscallTable(true).dispatch(thread, 175, arguments)).isEqualTo(-ENOSYS);
        thread.process().signals().deliverPending(thread.signals(), thread.context());
        assertThat(thread.host.events).contains("core " + FakeThread.PID + " signal 31");
    }

    @Test
    void badPointerIsEfault() {
        SyscallTable table = new SyscallTable(false);
        SyscallGroup faulting = (who, number, a) -> {
            throw new GuestFault(8);
        };
        table.register(faulting, 1);
        assertThat(table.dispatch(thread, 1, arguments)).isEqualTo(-14);
    }

    @Test
    void groupIsMadeAtItsFirstCall() {
        SyscallTable table = new SyscallTable(false);
        int[] made = {0};
        GroupSource source = group -> {
            made[0]++;
            return (who, number, a) -> 100L * group + number;
        };
        table.register(source, 3, 1);
        table.register(source, 3, 2);
        assertThat(made[0]).isZero();
        assertThat(table.dispatch(thread, 2, arguments)).isEqualTo(302);
        assertThat(table.dispatch(thread, 1, arguments)).isEqualTo(301);
        assertThat(made[0]).isOne();
    }

    @Test
    void restartWithNothingToContinueIsEintr() {
        assertThat(new SyscallTable(false).dispatch(thread, 219, arguments)).isEqualTo(-4);
    }

    @Test
    void interruptedSleepContinuesUntilItsFirstDeadline() {
        SyscallTable table = new SyscallTable(false);
        World world = new World();
        table.register(new TimeCalls(world, new PayloadTimes(world, thread.process())), Sys.NANOSLEEP);
        long time = FakeMemory.START;
        thread.memory.writeLong(time + 8, 40_000_000);
        long start = System.nanoTime();
        thread.interruptNext = true;
        arguments[0] = time;
        arguments[1] = time + 16;
        assertThat(table.dispatch(thread, Sys.NANOSLEEP, arguments)).isEqualTo(-516);
        assertThat(thread.memory.readLong(time + 24)).isBetween(1L, 40_000_000L);
        // a changed request must not matter any more
        thread.memory.writeLong(time, 100);
        assertThat(table.dispatch(thread, 219, arguments)).isZero();
        assertThat(System.nanoTime() - start).isBetween(40_000_000L, 5_000_000_000L);
        assertThat(table.dispatch(thread, 219, arguments)).isEqualTo(-4);
    }

    @Test
    void namesAreThoseOfTheKernelHeaders() throws Exception {
        Path header = Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
        assertThat(header).as("the C library's headers are installed").exists();
        Matcher line = Pattern.compile("#define __NR_(\\w+) (\\d+)").matcher(Files.readString(header));
        int count = 0;
        while (line.find()) {
            assertThat(SyscallNames.name(Integer.parseInt(line.group(2)))).isEqualTo(line.group(1));
            count++;
        }
        assertThat(count).isGreaterThan(340);
        assertThat(SyscallNames.number("openat")).isEqualTo(257);
        assertThat(SyscallNames.number("no_such_call")).isEqualTo(-1);
        assertThat(SyscallNames.name(505)).isEqualTo("km_snapshot");
    }
}
