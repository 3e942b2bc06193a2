package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.Native;
import java.io.IOException;

/** {@code --log-to}: the payload's stdout and stderr go to a file. */
final class PayloadOutput {
    private static final int NR_DUP3 = 292;

    private PayloadOutput() {}

    /** To be called after {@link Log#open}, which keeps the stderr that there was. */
    static void redirect(String file) throws IOException {
        int descriptor = Log.append(file);
        Native.syscall(NR_DUP3, descriptor, 1, 0);
        Native.syscall(NR_DUP3, descriptor, 2, 0);
        HostCall.close(descriptor);
    }
}
