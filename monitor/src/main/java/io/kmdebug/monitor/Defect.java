package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.host.LastSignal;

/** A failure that nothing expected: the monitor's own. It is told in one line, then the process ends by SIGABRT. */
final class Defect implements Thread.UncaughtExceptionHandler {
    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        try {
            // what the host refuses, or the payload has destroyed, is no defect
            String text = failure instanceof HostFailure
                    ? failure.getMessage()
                    : "internal error in thread " + thread.getName() + ": " + describe(failure)
                            + "; this is a defect of km, please report it";
            System.err.println("km: " + text);
        } finally {
            LastSignal.raise(LastSignal.SIGABRT);
        }
    }

    /** On one line, with the place in the monitor where it happened. */
    private static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one != failure) text.append(", caused by ");
            text.append(String.valueOf(one).replaceAll("\\R", " "));
            for (StackTraceElement frame : one.getStackTrace()) {
                if (!frame.getClassName().startsWith("io.kmdebug.")) continue;
                text.append(" at ").append(frame.getFileName()).append(':').append(frame.getLineNumber());
                break;
            }
        }
        return text.toString();
    }
}
