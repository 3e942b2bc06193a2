package io.kmdebug.monitor;

import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.memory.HostWindow;
import io.kmdebug.monitor.memory.SharedWindow;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.platform.kvm.KvmPlatform;
import io.kmdebug.monitor.platform.kvm.ProcessorView;
import io.kmdebug.monitor.platform.ptrace.PtracePlatform;

/** What runs the payload, and the window on its memory. */
record Machine(HostWindow window, Platform platform) {
    /** What the command line asks for. */
    enum Kind {
        /** KVM when it works, else ptrace. */
        AUTO,
        KVM,
        PTRACE
    }

    /** @throws HostFailure when the host has not got what is asked for */
    static Machine open(Options options, Log log) {
        HostWindow window = new HostWindow(GuestLayout.PAYLOAD_END);
        if (options.platform() == Kind.PTRACE) return traced(window, "asked for");
        try {
            ProcessorView view = new ProcessorView(options.hugePages(), options.kontainVendor());
            KvmPlatform platform = KvmPlatform.open(options.device(), window.base(), view);
            if (options.platform() == Kind.AUTO) platform.test();
            if (Trace.on(Trace.GENERIC)) {
                boolean asked = options.platform() == Kind.KVM;
                Trace.line(Trace.GENERIC, "platform kvm: ".concat(asked ? "asked for" : "its test passed"));
            }
            return new Machine(window, platform);
        } catch (HostFailure unusable) {
            if (options.platform() == Kind.KVM) throw unusable;
            log.line("platform ptrace: " + unusable.getMessage());
            return traced(window, "KVM does not work");
        }
    }

    /** Which platform {@link #open} would take on this host, and why. */
    static String choice(Options options) {
        if (options.platform() == Kind.PTRACE) return "ptrace: asked for";
        try {
            ProcessorView view = new ProcessorView(options.hugePages(), options.kontainVendor());
            KvmPlatform.open(options.device(), new HostWindow(GuestLayout.PAYLOAD_END).base(), view)
                    .test();
            return "kvm: its test passed";
        } catch (HostFailure unusable) {
            boolean needed = options.platform() == Kind.KVM;
            return (needed ? "none: " : "ptrace: ") + unusable.getMessage();
        }
    }

    private static Machine traced(HostWindow reserved, String why) {
        PtracePlatform platform = PtracePlatform.open();
        if (Trace.on(Trace.GENERIC)) Trace.line(Trace.GENERIC, "platform ptrace: ".concat(why));
        return new Machine(new SharedWindow(reserved, platform), platform);
    }
}
