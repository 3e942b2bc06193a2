package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis.Cause;
import io.kmdebug.debugger.VariableInfo;
import io.kmdebug.debugger.engine.FaultExplainer.Finding;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A panic of Rust or Go, by the functions of their run-time systems that are on the stack. */
final class Panic {
    private static final int FRAMES = 24;
    private static final Pattern RUST_PANIC = Pattern.compile(
            "^(core::panicking::|std::panicking::(?!catch_unwind|(r#)?try)|rust_begin_unwind|rust_panic).*");
    /** What stands between a panic and the code that is at fault. */
    private static final Pattern RUST_LIBRARY =
            Pattern.compile("^<?(core|std|alloc)::(?!.*(catch_unwind|lang_start|call_once|__rust_begin)).*");

    /** It ends a program all of whose goroutines wait for one another. */
    private static final String GO_DEADLOCK = "runtime.checkdead";

    private final Inspector inspector;
    private final List<StackFrame> frames;

    Panic(Inspector inspector, List<StackFrame> frames) {
        this.inspector = inspector;
        this.frames = frames;
    }

    /** Empty where there is none. */
    Optional<Finding> explain() {
        return go().or(this::rust);
    }

    private Optional<Finding> go() {
        for (int i = 0; i < frames.size(); i++) {
            String name = frames.get(i).name();
            boolean panic = name.equals("runtime.gopanic");
            boolean thrown = name.equals("runtime.throw") || name.equals("runtime.fatal");
            if (!panic && !thrown) continue;
            String what = argument(frames.get(i), panic ? "e" : "s")
                    .map(v -> ": " + v)
                    .orElse("");
            if (thrown && i + 1 < frames.size() && frames.get(i + 1).name().equals(GO_DEADLOCK)) {
                return Optional.of(Finding.at(
                        Cause.DEADLOCK,
                        "deadlock: no goroutine can go on",
                        null,
                        frames.subList(i + 1, frames.size())));
            }
            int outside = i + 1;
            while (outside < frames.size() && frames.get(outside).name().startsWith("runtime.")) outside++;
            List<StackFrame> callers =
                    outside < frames.size() ? frames.subList(outside, frames.size()) : frames.subList(i, frames.size());
            return Optional.of(finding(panic ? "Go panic" + what : "fatal error of the Go runtime" + what, callers));
        }
        return Optional.empty();
    }

    private Optional<Finding> rust() {
        int first = 0;
        while (first < Math.min(FRAMES, frames.size()) && !isRustPanic(frames.get(first))) first++;
        if (first >= Math.min(FRAMES, frames.size())) return Optional.empty();
        int outside = first;
        while (outside < frames.size() && isLibrary(frames.get(outside))) outside++;
        StackFrame by = frames.get(outside - 1);
        String message = argument(by, "msg").map(m -> ": " + m).orElse("");
        return Optional.of(finding(
                "Rust panic" + inWords(frames.subList(first, outside)) + message,
                frames.subList(outside, frames.size())));
    }

    private static boolean isRustPanic(StackFrame frame) {
        return RUST_PANIC.matcher(frame.name()).matches();
    }

    private static boolean isLibrary(StackFrame frame) {
        return isRustPanic(frame) || RUST_LIBRARY.matcher(frame.name()).matches();
    }

    /** {@code , bounds check} of {@code core::panicking::panic_bounds_check}: the outermost function that says more. */
    private static String inWords(List<StackFrame> library) {
        for (int i = library.size() - 1; i >= 0; i--) {
            String name = library.get(i).name().replaceFirst("<.*", "");
            String last = name.substring(name.lastIndexOf(':') + 1);
            String words = last.replaceFirst("^panic_(const_)?", "").replace('_', ' ');
            boolean says = last.startsWith("panic_") || last.endsWith("_failed") || last.endsWith("_fail");
            if (says
                    && !List.of("fmt", "display", "handler", "with hook", "nounwind", "str 2015")
                            .contains(words)) {
                return ", " + words;
            }
        }
        return "";
    }

    private Optional<String> argument(StackFrame frame, String name) {
        return inspector.info(frame, true).arguments().stream()
                .filter(v -> v.name().equals(name) && v.available())
                .map(VariableInfo::value)
                .findFirst();
    }

    private static Finding finding(String text, List<StackFrame> frames) {
        return Finding.at(Cause.PANIC, text + Wording.where(frames), null, frames);
    }
}
