package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.SourceLocation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A breakpoint that the user asked for, and the addresses it has become. */
final class UserBreakpoint {
    final int id;
    final BreakpointRequest request;
    /** The source file as the user named it; null for function breakpoints. */
    final @Nullable String path;

    final List<Long> addresses = new ArrayList<>();

    @Nullable
    SourceLocation location;

    @Nullable
    String message;

    @Nullable
    HitCondition hitCondition;

    @Nullable
    LogMessage logMessage;

    /** Whether the request itself is wrong, so that it never becomes anything. */
    boolean invalid;

    long hits;

    UserBreakpoint(int id, @Nullable String path, BreakpointRequest request) {
        this.id = id;
        this.path = path;
        this.request = request;
        try {
            if (request.hitCondition() != null && !request.hitCondition().isBlank()) {
                hitCondition = HitCondition.parse(request.hitCondition());
            }
            if (request.logMessage() != null && !request.logMessage().isEmpty()) {
                logMessage = LogMessage.parse(request.logMessage());
            }
        } catch (DebuggerException e) {
            invalid = true;
            message = e.getMessage();
        }
    }

    boolean isVerified() {
        return !addresses.isEmpty();
    }

    BreakpointStatus status() {
        return new BreakpointStatus(id, isVerified(), location, isVerified() ? addresses.get(0) : 0, message);
    }
}
