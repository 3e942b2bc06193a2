package io.kmdebug.rsp;

import io.kmdebug.machine.Registers;
import io.kmdebug.rsp.StubTarget.Action;
import java.util.List;
import java.util.Set;

/**
 * What surrounded a stop; what the reply does not say is asked for.
 *
 * @param actions of the resume that the stop ends
 */
record StopCircumstances(
        boolean isInitial,
        boolean wasInterrupted,
        List<ThreadAction> actions,
        Set<Long> breakpoints,
        ClientExchange exchange,
        ClientThreads threads,
        ClientRegisters registers)
        implements StopReplyReader.Context {
    @Override
    public boolean wasStepped(int tid) {
        Action action = ClientResume.actionOf(actions, tid);
        return action != null && !(action instanceof Action.Continue);
    }

    @Override
    public int signal(int number) {
        return exchange.features().signalFromServer(number);
    }

    @Override
    public boolean interruptsByStop() {
        return exchange.features().isLldb();
    }

    @Override
    public void complete(int tid, Registers found) {
        registers.complete(tid, found);
    }

    @Override
    public int currentThread() {
        ThreadId id = threads.current();
        exchange.learnPid(Math.max(exchange.pid(), id.pid()));
        return id.tid();
    }
}
