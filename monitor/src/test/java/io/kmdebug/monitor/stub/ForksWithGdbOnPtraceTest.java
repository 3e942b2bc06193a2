package io.kmdebug.monitor.stub;

import io.kmdebug.monitor.OnPtrace;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same in traced processes. */
@ExtendWith(OnPtrace.class)
final class ForksWithGdbOnPtraceTest extends ForksWithGdbTest {}
