package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.BreakpointRequest;
import io.kmdebug.debugger.BreakpointStatus;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.ElfSymbol;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.LineRow;
import io.kmdebug.symbols.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The user's breakpoints: what was asked for, and where each one is in the payload. */
final class BreakpointTable {
    private final Payload payload;
    /** Null for a core: breakpoints are resolved, and never planted. */
    private final @Nullable PlantedBreakpoints planted;

    private final Map<String, List<UserBreakpoint>> bySource = new HashMap<>();
    private List<UserBreakpoint> functions = new ArrayList<>();
    private int nextId = 1;

    BreakpointTable(Payload payload, @Nullable PlantedBreakpoints planted) {
        this.payload = payload;
        this.planted = planted;
    }

    List<BreakpointStatus> setSource(String path, List<BreakpointRequest> requests) {
        List<UserBreakpoint> now = replace(bySource.getOrDefault(path, List.of()), path, requests);
        if (now.isEmpty()) bySource.remove(path);
        else bySource.put(path, now);
        return now.stream().map(UserBreakpoint::status).toList();
    }

    List<BreakpointStatus> setFunctions(List<BreakpointRequest> requests) {
        functions = replace(functions, null, requests);
        return functions.stream().map(UserBreakpoint::status).toList();
    }

    /** Those that are asked for again stay as they are, with their number and count of hits. */
    private List<UserBreakpoint> replace(
            List<UserBreakpoint> before, @Nullable String path, List<BreakpointRequest> requests) {
        List<UserBreakpoint> left = new ArrayList<>(before);
        List<UserBreakpoint> now = new ArrayList<>();
        for (BreakpointRequest request : requests) {
            UserBreakpoint kept = take(left, request);
            if (kept == null) kept = new UserBreakpoint(nextId++, path, request);
            now.add(kept);
        }
        for (UserBreakpoint gone : left) withdraw(gone);
        for (UserBreakpoint breakpoint : now) if (!breakpoint.isVerified()) resolve(breakpoint);
        return now;
    }

    private static @Nullable UserBreakpoint take(List<UserBreakpoint> from, BreakpointRequest request) {
        for (UserBreakpoint breakpoint : from) {
            if (breakpoint.request.equals(request)) {
                from.remove(breakpoint);
                return breakpoint;
            }
        }
        return null;
    }

    private void withdraw(UserBreakpoint breakpoint) {
        if (planted != null) for (long address : breakpoint.addresses) planted.remove(address);
        breakpoint.addresses.clear();
    }

    /** New images have come: looks again for what could not be placed. Returns those that changed. */
    List<BreakpointStatus> resolvePending() {
        List<BreakpointStatus> changed = new ArrayList<>();
        for (UserBreakpoint breakpoint : all()) {
            if (breakpoint.isVerified() || breakpoint.invalid) continue;
            resolve(breakpoint);
            if (breakpoint.isVerified()) changed.add(breakpoint.status());
        }
        return changed;
    }

    private List<UserBreakpoint> all() {
        List<UserBreakpoint> all = new ArrayList<>(functions);
        bySource.values().forEach(all::addAll);
        return all;
    }

    /** Those that have a place at {@code address}. */
    List<UserBreakpoint> at(long address) {
        return all().stream().filter(b -> b.addresses.contains(address)).toList();
    }

    private void resolve(UserBreakpoint breakpoint) {
        if (breakpoint.invalid) return;
        breakpoint.message = null;
        Set<Long> places = new LinkedHashSet<>();
        if (breakpoint.path != null) placeLine(breakpoint, breakpoint.path, places);
        else placeFunction(breakpoint, places);
        int refused = 0;
        for (long address : places) {
            if (planted == null || planted.insert(address)) breakpoint.addresses.add(address);
            else refused++;
        }
        if (refused > 0) {
            breakpoint.message = "The stub cannot set a breakpoint at " + refused + " of " + places.size() + " places.";
        }
    }

    private void placeLine(UserBreakpoint breakpoint, String path, Set<Long> places) {
        int line = breakpoint.request.line();
        int column = breakpoint.request.column();
        for (LoadedImage image : payload.images().all()) {
            List<LineRow> rows = rows(image, path, line);
            if (column > 0 && rows.stream().anyMatch(row -> row.column() == column)) {
                rows = rows.stream().filter(row -> row.column() == column).toList();
            }
            for (LineRow row : rows) {
                places.add(row.address() + image.bias());
                if (breakpoint.location == null || row.line() < breakpoint.location.line()) {
                    breakpoint.location = new SourceLocation(path, row.line(), row.column());
                }
            }
        }
        SourceLocation found = breakpoint.location;
        if (found == null) {
            breakpoint.message = whyNoLine(path, line);
        } else if (found.line() != line) {
            breakpoint.message = "Line " + line + " has no code; moved to line " + found.line() + ".";
        }
    }

    private List<LineRow> rows(LoadedImage image, String path, int line) {
        for (String recorded : recordedPaths(image, path)) {
            List<LineRow> rows = image.symbols().breakpointRows(recorded, line);
            if (!rows.isEmpty()) return rows;
        }
        return List.of();
    }

    private List<String> recordedPaths(LoadedImage image, String path) {
        List<String> candidates = new ArrayList<>(payload.sources().toRecorded(path));
        String name = path.substring(path.lastIndexOf('/') + 1);
        for (SourceFile file : image.symbols().sourceFiles()) {
            // Debug information that was made elsewhere: the session shows such a file at its place on this machine.
            if (file.name().equals(name) && sameFile(payload.sources().toLocal(file.path()), path)) {
                candidates.add(file.path());
            }
        }
        return candidates;
    }

    private static boolean sameFile(String local, String path) {
        return local.equals(path);
    }

    private String whyNoLine(String path, int line) {
        boolean any = payload.images().all().stream().anyMatch(i -> i.symbols().hasDebugInfo());
        if (!any) return "The program has no debug information.";
        boolean known = payload.images().all().stream()
                .anyMatch(image -> recordedPaths(image, path).stream()
                        .anyMatch(recorded -> image.symbols().sourceFiles().stream()
                                .anyMatch(file -> file.path().equals(recorded)
                                        || file.path().endsWith("/" + recorded))));
        return known
                ? "No code at line " + line + " or behind it."
                : "No loaded program has code from " + path + " (yet).";
    }

    private void placeFunction(UserBreakpoint breakpoint, Set<Long> places) {
        String name = breakpoint.request.function();
        if (name == null || name.isBlank()) {
            breakpoint.message = "A function breakpoint needs the function's name.";
            return;
        }
        for (LoadedImage image : payload.images().all()) {
            for (FunctionScope function : image.symbols().functionsNamed(name)) {
                place(breakpoint, places, image.symbols().breakpointPc(function) + image.bias());
            }
            for (FunctionScope inlined : image.symbols().inlinedNamed(name)) {
                place(breakpoint, places, image.symbols().breakpointPc(inlined) + image.bias());
            }
        }
        if (places.isEmpty()) placeSymbol(breakpoint, name, places);
        if (places.isEmpty()) breakpoint.message = "No loaded program has a function " + name + " (yet).";
    }

    private void placeSymbol(UserBreakpoint breakpoint, String name, Set<Long> places) {
        for (LoadedImage image : payload.images().all()) {
            for (ElfSymbol symbol : image.symbols().symbolsNamed(name)) {
                if (symbol.isFunction() && symbol.section() != 0) {
                    place(breakpoint, places, symbol.value() + image.bias());
                }
            }
        }
    }

    private void place(UserBreakpoint breakpoint, Set<Long> places, long address) {
        places.add(address);
        if (breakpoint.location == null)
            breakpoint.location = payload.location(address).orElse(null);
    }
}
