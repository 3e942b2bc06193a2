package io.kmdebug.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.kmdebug.debugger.CrashAnalysis;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The analysis in a crash report for machines; docs/headless.md describes every field. */
final class AnalysisJson {
    private AnalysisJson() {}

    static JsonObject of(CrashAnalysis analysis) {
        JsonObject json = new JsonObject();
        json.addProperty("summary", analysis.summary());
        json.addProperty(
                "cause", analysis.cause().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.addProperty("signature", analysis.signature());
        json.add("instruction", instruction(analysis.instruction()));
        json.add("groups", lists(analysis.groups()));
        JsonArray calls = new JsonArray();
        analysis.calls().forEach((thread, call) -> calls.add(call(thread, call)));
        json.add("systemCalls", calls);
        JsonArray waits = new JsonArray();
        analysis.waits().forEach(wait -> waits.add(wait(wait)));
        json.add("waits", waits);
        json.add("deadlocks", lists(analysis.deadlocks()));
        return json;
    }

    private static @Nullable JsonObject instruction(CrashAnalysis.@Nullable Instruction instruction) {
        if (instruction == null) return null;
        JsonObject json = new JsonObject();
        json.addProperty("address", hex(instruction.address()));
        json.addProperty("text", instruction.text());
        JsonArray operands = new JsonArray();
        for (CrashAnalysis.Operand operand : instruction.operands()) {
            JsonObject each = new JsonObject();
            each.addProperty("text", operand.text());
            each.addProperty("access", operand.access());
            each.addProperty("address", operand.address() == null ? null : hex(operand.address()));
            each.addProperty("expression", operand.expression());
            each.addProperty("pointer", operand.base());
            each.addProperty("pointerValue", operand.baseValue());
            operands.add(each);
        }
        json.add("operands", operands);
        return json;
    }

    private static JsonObject call(long thread, CrashAnalysis.SystemCall call) {
        JsonObject json = new JsonObject();
        json.addProperty("thread", thread);
        json.addProperty("number", call.number());
        json.addProperty("name", call.name());
        JsonArray arguments = new JsonArray();
        call.arguments().forEach((name, value) -> {
            JsonObject argument = new JsonObject();
            argument.addProperty("name", name);
            argument.addProperty("value", value);
            argument.addProperty("meaning", call.meanings().get(name));
            arguments.add(argument);
        });
        json.add("arguments", arguments);
        return json;
    }

    private static JsonObject wait(CrashAnalysis.Wait wait) {
        JsonObject json = new JsonObject();
        json.addProperty("thread", wait.thread());
        json.addProperty("kind", wait.kind());
        json.addProperty("address", hex(wait.address()));
        json.addProperty("name", wait.name());
        json.addProperty("owner", wait.owner());
        return json;
    }

    private static JsonArray lists(List<List<Long>> lists) {
        JsonArray array = new JsonArray();
        for (List<Long> list : lists) {
            JsonArray threads = new JsonArray();
            list.forEach(threads::add);
            array.add(threads);
        }
        return array;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
