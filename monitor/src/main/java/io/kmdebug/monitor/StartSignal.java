package io.kmdebug.monitor;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code --wait-for-signal}: the payload starts when SIGUSR1 comes. */
final class StartSignal implements SignalHandler {
    private final CountDownLatch come = new CountDownLatch(1);

    private StartSignal() {}

    static void await(Log log, int pid) {
        StartSignal start = new StartSignal();
        SignalHandler before = Signal.handle(new Signal("USR1"), start);
        log.line("waiting for SIGUSR1 (kill -USR1 " + pid + ")");
        boolean interrupted = false;
        while (true) {
            try {
                start.come.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        Signal.handle(new Signal("USR1"), before);
    }

    @Override
    public void handle(Signal signal) {
        come.countDown();
    }
}
