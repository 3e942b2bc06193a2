package io.kmdebug.monitor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Every km of a test class runs its payload traced. For a subclass of a class that runs on KVM. */
public final class OnPtrace implements BeforeAllCallback, AfterAllCallback {
    private @Nullable String before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = System.setProperty(KmCommand.PLATFORM, "ptrace");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (before == null) System.clearProperty(KmCommand.PLATFORM);
        else System.setProperty(KmCommand.PLATFORM, before);
    }
}
