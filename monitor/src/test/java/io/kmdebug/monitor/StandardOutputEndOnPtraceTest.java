package io.kmdebug.monitor;

import org.junit.jupiter.api.extension.ExtendWith;

/** The same on the second platform. */
@ExtendWith(OnPtrace.class)
class StandardOutputEndOnPtraceTest extends StandardOutputEndTest {}
