package io.kmdebug.cli.triage;

import io.kmdebug.cli.html.CrashList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sorted cores as pages in a folder: {@code index.html}, and one for each crash. */
final class TriageHtml {
    private final Path folder;
    private final List<CrashList.Crash> crashes = new ArrayList<>();

    TriageHtml(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    void crash(Explained explained) throws IOException {
        Bucket bucket = explained.bucket();
        String id = bucket.signature() == null ? "unnamed-" + (crashes.size() + 1) : bucket.signature();
        String name = "crash-" + id + ".html";
        String page = explained.page();
        if (page != null) Files.writeString(folder.resolve(name), page);
        crashes.add(new CrashList.Crash(
                bucket.count(),
                bucket.signal(),
                bucket.top(),
                bucket.digest().summary(),
                String.join(", ", bucket.programs()),
                bucket.newest().path() + ", " + TriageText.time(bucket),
                page == null ? null : name,
                explained.error()));
    }

    void end(Triage triage, int others) throws IOException {
        Map<String, String> unreadable = new LinkedHashMap<>();
        triage.unreadable().forEach((core, reason) -> unreadable.put(core.toString(), reason));
        Files.writeString(
                folder.resolve("index.html"), CrashList.of(TriageText.title(triage, others), crashes, unreadable));
    }
}
