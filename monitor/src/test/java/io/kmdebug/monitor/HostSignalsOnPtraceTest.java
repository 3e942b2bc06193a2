package io.kmdebug.monitor;

import org.junit.jupiter.api.extension.ExtendWith;

/** The same in a traced process. */
@ExtendWith(OnPtrace.class)
final class HostSignalsOnPtraceTest extends HostSignalsTest {}
