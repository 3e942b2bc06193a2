package io.kmdebug.cli.report;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.kmdebug.debugger.CrashReport;
import io.kmdebug.debugger.CrashReport.FrameReport;
import io.kmdebug.debugger.CrashReport.ThreadReport;
import io.kmdebug.debugger.FrameInfo;
import io.kmdebug.debugger.OpenFile;
import io.kmdebug.debugger.SourceLocation;
import io.kmdebug.debugger.StopReason;
import io.kmdebug.debugger.VariableInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A crash report for machines. docs/headless.md describes every field; {@link #SCHEMA} grows when one changes its
 * meaning or goes, not when one is added. Addresses are texts, since JSON's numbers end at 2^53 for most readers.
 */
public final class ReportJson {
    public static final int SCHEMA = 1;

    private ReportJson() {}

    public static String write(CrashReport report, boolean source) {
        return new GsonBuilder()
                .serializeNulls()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(of(report, source));
    }

    /** @param source whether the source lines are in it */
    public static JsonObject of(CrashReport report, boolean source) {
        JsonObject json = new JsonObject();
        json.addProperty("schema", SCHEMA);
        json.addProperty("core", report.core());
        json.addProperty("program", report.program());
        json.addProperty("commandLine", report.commandLine());
        json.addProperty("pid", report.pid());
        json.add("signal", signal(report.signal()));
        json.addProperty("faultingThread", report.faultingThread());
        json.add("analysis", AnalysisJson.of(report.analysis()));
        JsonArray threads = new JsonArray();
        report.threads().forEach(thread -> threads.add(thread(thread, source)));
        json.add("threads", threads);
        JsonObject registers = new JsonObject();
        report.registers().forEach(registers::addProperty);
        json.add("registers", registers);
        json.add("openFiles", files(report.openFiles()));
        JsonArray notices = new JsonArray();
        report.notices().forEach(notices::add);
        json.add("notices", notices);
        return json;
    }

    private static @Nullable JsonObject signal(StopReason.@Nullable Signal signal) {
        if (signal == null) {
            return null;
        }
        JsonObject json = new JsonObject();
        json.addProperty("number", signal.signal());
        json.addProperty("name", signal.name());
        json.addProperty("description", signal.description());
        json.addProperty("faultAddress", signal.faultAddress() == null ? null : hex(signal.faultAddress()));
        return json;
    }

    private static @Nullable JsonArray files(@Nullable List<OpenFile> files) {
        if (files == null) {
            return null;
        }
        JsonArray array = new JsonArray();
        for (OpenFile file : files) {
            JsonObject json = new JsonObject();
            json.addProperty("number", file.number());
            json.addProperty("name", file.name());
            json.addProperty("flags", file.flags());
            json.addProperty("offset", file.offset());
            array.add(json);
        }
        return array;
    }

    private static JsonObject thread(ThreadReport report, boolean source) {
        JsonObject json = new JsonObject();
        json.addProperty("id", report.thread().id());
        json.addProperty("name", report.thread().name());
        json.addProperty("error", report.error());
        JsonArray frames = new JsonArray();
        report.frames().forEach(frame -> frames.add(frame(frames.size(), frame, source)));
        json.add("frames", frames);
        return json;
    }

    private static JsonObject frame(int level, FrameReport report, boolean source) {
        FrameInfo frame = report.frame();
        JsonObject json = new JsonObject();
        json.addProperty("level", level);
        json.addProperty("function", frame.function());
        json.addProperty("pc", hex(frame.pc()));
        json.addProperty("image", frame.image());
        json.addProperty("inlined", frame.inlined());
        json.addProperty("optimized", frame.optimized());
        json.addProperty("signalFrame", frame.signalFrame());
        json.addProperty("tailCall", frame.tailCall());
        json.addProperty("guess", frame.guess());
        json.add("source", location(frame.location()));
        json.add("arguments", variables(frame.arguments()));
        json.add("locals", variables(report.locals()));
        if (source) {
            JsonObject lines = new JsonObject();
            report.sourceLines().forEach((number, text) -> lines.addProperty(String.valueOf(number), text));
            json.add("sourceLines", lines);
        }
        json.addProperty("endReason", frame.endReason());
        return json;
    }

    public static @Nullable JsonObject location(@Nullable SourceLocation location) {
        if (location == null) {
            return null;
        }
        JsonObject json = new JsonObject();
        json.addProperty("path", location.path());
        json.addProperty("line", location.line());
        json.addProperty("column", location.column() == 0 ? null : location.column());
        return json;
    }

    private static JsonArray variables(List<VariableInfo> variables) {
        JsonArray array = new JsonArray();
        for (VariableInfo variable : variables) {
            JsonObject json = new JsonObject();
            json.addProperty("name", variable.name());
            json.addProperty("type", variable.type());
            json.addProperty("value", variable.value());
            json.addProperty("available", variable.available());
            array.add(json);
        }
        return array;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
