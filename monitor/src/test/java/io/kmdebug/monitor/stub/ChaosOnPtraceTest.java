package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.OnPtrace;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same in a traced process. */
@ExtendWith(OnPtrace.class)
final class ChaosOnPtraceTest extends ChaosTest {}
