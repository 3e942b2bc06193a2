package io.kmdebug.cli.host;

import io.kmdebug.cli.command.Monitor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Examines a host. */
public final class Doctor {
    private static final int JAVA = 17;

    enum State {
        OK,
        /** Needed, and not there. */
        MISSING,
        /** Not there, and some things go without it. */
        OPTIONAL,
        /** Good to know. */
        NOTE
    }

    /** @param remedy how to mend it; empty when there is nothing to mend */
    record Finding(State state, String subject, String found, String remedy) {}

    private final Path root;
    private final Map<String, String> environment;
    private final HostCommands commands;
    private final List<Finding> findings = new ArrayList<>();

    /** @param root where /dev, /proc and /usr are looked for */
    Doctor(Path root, Map<String, String> environment, HostCommands commands) {
        this.root = root;
        this.environment = environment;
        this.commands = commands;
    }

    List<Finding> examine() {
        machine();
        java();
        kvm();
        monitor();
        capstone();
        compilers();
        corePattern();
        return List.copyOf(findings);
    }

    private void machine() {
        String architecture = System.getProperty("os.arch", "");
        if (architecture.equals("amd64")) {
            ok("processor", "x86-64");
        } else {
            add(State.MISSING, "processor", architecture, "payloads are x86-64 programs; use an x86-64 host");
        }
        String version = read("proc/sys/kernel/osrelease");
        if (version == null) {
            add(State.MISSING, "kernel", "/proc is not there", "mount it: mount -t proc proc /proc");
        } else {
            ok("kernel", "Linux " + version);
        }
    }

    private void java() {
        int version = Runtime.version().feature();
        String found = Runtime.version() + " in " + System.getProperty("java.home");
        if (version >= JAVA) {
            ok("Java", found);
        } else {
            add(State.MISSING, "Java", found, "install 17 or newer: apt-get install openjdk-17-jdk-headless");
        }
    }

    private void kvm() {
        Path device = root.resolve("dev/kvm");
        if (!Files.exists(device)) {
            add(
                    State.MISSING,
                    "/dev/kvm",
                    "is not there",
                    "load the module (modprobe kvm_intel or kvm_amd); in a virtual machine, switch nested virtualization"
                            + " on; in a container, pass the device (--device /dev/kvm)");
        } else if (!Files.isReadable(device) || !Files.isWritable(device)) {
            add(
                    State.MISSING,
                    "/dev/kvm",
                    "this user may not open it",
                    "join its group: sudo usermod -aG kvm " + System.getProperty("user.name") + ", then log in again");
        } else {
            ok("/dev/kvm", "may be opened");
        }
    }

    /** Not whether things look right, but whether a program runs in a virtual machine. */
    private void monitor() {
        Path km = Monitor.find(environment);
        if (km == null) {
            add(State.MISSING, "km", "neither beside this kmdebug nor on PATH", "name it in KMDEBUG_KM");
            return;
        }
        HostCommands.Result version = commands.run(List.of(km.toString(), "--version"));
        if (version.status() != 0) {
            add(
                    State.MISSING,
                    "km",
                    km + " --version: " + said(version),
                    "reinstall kmdebug, or name a km in KMDEBUG_KM");
            return;
        }
        ok("km", firstLine(version.output()) + " (" + km + ")");
        Path hello = sample("hello");
        if (hello == null) {
            add(
                    State.OPTIONAL,
                    "virtual machine",
                    "not tried: the hello sample is not in this installation",
                    "install the whole distribution, samples included");
            return;
        }
        HostCommands.Result run = commands.run(List.of(km.toString(), hello.toString()));
        if (run.status() == 0 && !run.output().isEmpty()) {
            ok("virtual machine", "a program ran in one and said: " + firstLine(run.output()));
        } else {
            add(
                    State.MISSING,
                    "virtual machine",
                    "km " + hello + ": " + said(run),
                    "see what km says with: " + km + " -V " + hello);
        }
    }

    /** A sample of the distribution, if it was built. */
    public static @Nullable Path sample(String name) {
        Path home = Monitor.home();
        Path sample =
                home == null ? null : home.resolve("samples").resolve(name).resolve(name);
        return sample != null && Files.isExecutable(sample) ? sample : null;
    }

    private void capstone() {
        for (String folder : new String[] {"usr/lib", "lib", "usr/local/lib"}) {
            Path found = library(root.resolve(folder), 1);
            if (found != null) {
                ok("libcapstone", "/" + root.relativize(found));
                return;
            }
        }
        add(
                State.OPTIONAL,
                "libcapstone",
                "is not there; disassembly needs it, nothing else does",
                "apt-get install libcapstone4");
    }

    private static @Nullable Path library(Path folder, int depth) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (String.valueOf(entry.getFileName()).startsWith("libcapstone.so")) {
                    return entry;
                }
                Path below = depth > 0 && Files.isDirectory(entry) ? library(entry, depth - 1) : null;
                if (below != null) {
                    return below;
                }
            }
        } catch (IOException e) {
            // A folder that cannot be listed holds no library this user can load.
            System.getLogger(Doctor.class.getName()).log(System.Logger.Level.DEBUG, "not listed: " + folder, e);
        }
        return null;
    }

    private void compilers() {
        compiler("gcc", "apt-get install gcc libc6-dev");
        compiler("musl-gcc", "apt-get install musl-tools");
    }

    private void compiler(String name, String remedy) {
        Path found = Monitor.onPath(name, environment);
        if (found == null) {
            add(State.OPTIONAL, name, "is not on PATH; only building payloads needs it", remedy);
        } else {
            ok(name, found.toString());
        }
    }

    private void corePattern() {
        String pattern = read("proc/sys/kernel/core_pattern");
        if (pattern == null) {
            return;
        }
        String remedy = pattern.startsWith("|")
                ? "native cores go to a program; for files: sudo sysctl kernel.core_pattern=core.%p. km writes its own kmcore"
                        + " and does not care"
                : "";
        add(State.NOTE, "core_pattern", pattern, remedy);
    }

    private void ok(String subject, String found) {
        add(State.OK, subject, found, "");
    }

    private void add(State state, String subject, String found, String remedy) {
        findings.add(new Finding(state, subject, found, remedy));
    }

    private @Nullable String read(String path) {
        try {
            return Files.readString(root.resolve(path)).strip();
        } catch (IOException e) {
            return null; // the caller says what that means
        }
    }

    private static String said(HostCommands.Result result) {
        return "status " + result.status()
                + (result.output().isEmpty() ? "" : ", \"" + firstLine(result.output()) + "\"");
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
