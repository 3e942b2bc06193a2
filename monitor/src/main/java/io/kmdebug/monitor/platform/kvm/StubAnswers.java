package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostMemory;
import org.jspecify.annotations.Nullable;

/**
 * Calls that the guest answers by itself. Made when the first virtual CPU has made some calls: a program that ends
 * before has not paid for it.
 */
final class StubAnswers {
    private static final int PAGE = 4096;
    private static final int IN_A_PAGE = PAGE / AnswerCode.BYTES;
    /** Calls that a virtual CPU makes before it gets its code. */
    static final int WORTH_IT = 16;

    private static final long CELLS = KvmLayout.STUB + 128;
    private static final long PARTS = KvmLayout.STUB + PAGE;

    private final SystemMemory memory;
    private final PageTables tables;
    /** Host address of the common cells. */
    private final long cells;

    private final long[] pages = new long[4096 / IN_A_PAGE];
    private @Nullable AnswerCode code;

    /** @param stubHost host address of the page at {@link KvmLayout#STUB} */
    StubAnswers(SystemMemory memory, PageTables tables, long stubHost) {
        this.memory = memory;
        this.tables = tables;
        this.cells = stubHost + (CELLS - KvmLayout.STUB);
    }

    /** From now on every virtual CPU answers the call so. */
    void answer(int number, int value) {
        int cell = AnswerCode.cell(number);
        if (cell < 0) throw new IllegalArgumentException("call " + number + " cannot be answered in the guest");
        HostMemory.putInt(cells + cell, value);
        HostMemory.putInt(cells + cell + 4, 1);
    }

    void forget(int number) {
        int cell = AnswerCode.cell(number);
        if (cell >= 0) HostMemory.putInt(cells + cell + 4, 0);
    }

    static void answerGettid(long partHost, int tid) {
        HostMemory.putInt(partHost + AnswerCode.GETTID_CELL, tid);
        HostMemory.putInt(partHost + AnswerCode.GETTID_CELL + 4, 1);
    }

    static void forgetGettid(long partHost) {
        HostMemory.putInt(partHost + AnswerCode.GETTID_CELL + 4, 0);
    }

    /** @param kernel whether SYSCALL enters CPL 0, as the first call has told */
    synchronized AnswerCode code(boolean kernel) {
        AnswerCode made = code;
        if (made == null) {
            made = new AnswerCode(kernel);
            code = made;
        }
        return made;
    }

    /** Guest address of a virtual CPU's part. */
    static long part(int id) {
        return PARTS + (long) id * AnswerCode.BYTES;
    }

    /** Writes a virtual CPU's part; returns its host address. */
    synchronized long install(AnswerCode made, int id) {
        int index = id / IN_A_PAGE;
        if (pages[index] == 0) {
            long page = memory.allocatePage();
            tables.mapSystem(PARTS + (long) index * PAGE, page, true, false, true);
            pages[index] = memory.host(page);
        }
        long host = pages[index] + (long) (id % IN_A_PAGE) * AnswerCode.BYTES;
        made.install(host, part(id), CELLS);
        return host;
    }
}
