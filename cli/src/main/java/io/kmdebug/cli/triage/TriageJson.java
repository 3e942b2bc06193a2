package io.kmdebug.cli.triage;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.stream.JsonWriter;
import io.kmdebug.cli.report.ReportJson;
import io.kmdebug.debugger.FrameInfo;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sorted cores for machines, written crash by crash; docs/headless.md describes every field. */
final class TriageJson {
    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private final JsonWriter json;
    private final boolean source;

    TriageJson(Writer out, boolean source) {
        this.json = new JsonWriter(out);
        this.source = source;
        json.setIndent("  ");
        json.setHtmlSafe(false);
        json.setSerializeNulls(true);
    }

    void begin(Triage triage, int others) throws IOException {
        json.beginObject();
        json.name("schema").value(ReportJson.SCHEMA);
        json.name("cores")
                .value(triage.buckets().stream().mapToInt(Bucket::count).sum());
        json.name("otherFiles").value(others);
        json.name("unreadable").beginArray();
        for (Map.Entry<?, String> core : triage.unreadable().entrySet()) {
            json.beginObject();
            json.name("core").value(core.getKey().toString());
            json.name("reason").value(core.getValue());
            json.endObject();
        }
        json.endArray();
        json.name("crashes").beginArray();
    }

    void crash(Explained report) throws IOException {
        Bucket bucket = report.bucket();
        json.beginObject();
        json.name("signature").value(bucket.signature());
        json.name("count").value(bucket.count());
        json.name("signal").value(bucket.digest().signal() == null ? null : bucket.signal());
        json.name("cause")
                .value(bucket.digest().cause().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.name("summary").value(bucket.digest().summary());
        json.name("top");
        top(bucket.digest().top());
        json.name("programs").beginArray();
        for (String program : bucket.programs()) json.value(program);
        json.endArray();
        json.name("cores").beginArray();
        for (Bucket.Core core : bucket.cores()) {
            json.beginObject();
            json.name("core").value(core.path().toString());
            json.name("written").value(core.time().toString());
            json.endObject();
        }
        json.endArray();
        json.name("report");
        if (report.report() == null) json.nullValue();
        else GSON.toJson(ReportJson.of(report.report(), source), json);
        json.name("reportError").value(report.error());
        json.endObject();
    }

    private void top(@Nullable FrameInfo frame) throws IOException {
        if (frame == null) {
            json.nullValue();
            return;
        }
        json.beginObject();
        json.name("function").value(frame.function());
        json.name("image").value(frame.image());
        json.name("source");
        GSON.toJson((com.google.gson.JsonElement) ReportJson.location(frame.location()), json);
        json.endObject();
    }

    void end() throws IOException {
        json.endArray();
        json.endObject();
        json.flush();
    }
}
