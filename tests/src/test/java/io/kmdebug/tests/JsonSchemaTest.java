package io.kmdebug.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --json} prints is what docs/schema says, no less and no more. */
final class JsonSchemaTest {
    private static final String REPORT = "urn:kmdebug:report:1";
    private static final String TRIAGE = "urn:kmdebug:triage:1";

    @TempDir
    static Path work = Path.of("");

    private static Path cores = Path.of("");

    @BeforeAll
    static void crash() throws Exception {
        cores = Files.createDirectory(work.resolve("cores"));
        for (String payload : List.of("crash_null", "crash_divide", "crash_abort")) {
            Path program = Shipped.compile(work, payload, Shipped.C.GLIBC);
            Path core = cores.resolve(payload + ".core");
            Shipped.run(work, List.of(Shipped.km(), "--coredump=" + core, program.toString()));
            assertThat(core).isRegularFile();
        }
        byte[] whole = Files.readAllBytes(cores.resolve("crash_null.core"));
        Files.write(cores.resolve("half.core"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(cores.resolve("notes.core"), Arrays.copyOf(whole, 60_000));
        Files.write(cores.resolve("empty.core"), new byte[0]);
    }

    /** The schema as it is shipped; {@code closed}: with nothing but what it names. */
    private static JsonSchema schema(String id, boolean closed) throws Exception {
        Map<String, String> texts = new TreeMap<>();
        for (String name : List.of("report", "triage")) {
            Path file = Path.of(System.getProperty("kmdebug.checkout"), "docs", "schema", name + "-1.schema.json");
            JsonObject schema = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            assertThat(file).exists();
            if (closed) close(schema);
            texts.put(schema.get("$id").getAsString(), schema.toString());
        }
        return JsonSchemaFactory.getInstance(
                        SpecVersion.VersionFlag.V202012, b -> b.schemaLoaders(l -> l.schemas(texts)))
                .getSchema(SchemaLocation.of(id));
    }

    private static void close(JsonElement element) {
        if (element.isJsonArray()) element.getAsJsonArray().forEach(JsonSchemaTest::close);
        if (!element.isJsonObject()) return;
        JsonObject object = element.getAsJsonObject();
        object.entrySet().forEach(entry -> close(entry.getValue()));
        boolean open = object.has("properties") && object.get("properties").isJsonObject();
        if (open && object.has("required")) object.addProperty("additionalProperties", false);
    }

    private static String output(String... words) throws Exception {
        Shipped.Result result = Shipped.run(work, List.of(words));
        assertThat(result.status()).as("%s", result).isZero();
        return result.output();
    }

    private static List<String> problems(JsonSchema schema, String json) {
        return schema.validate(json, InputFormat.JSON).stream()
                .map(ValidationMessage::getMessage)
                .toList();
    }

    @Test
    void reportsAreAsTheSchemaSays() throws Exception {
        JsonSchema schema = schema(REPORT, true);
        for (String core : List.of("crash_null", "crash_divide", "crash_abort", "half", "notes")) {
            String path = cores.resolve(core + ".core").toString();
            assertThat(problems(schema, output(Shipped.kmdebug(), "core", "--json", path)))
                    .as(core)
                    .isEmpty();
            assertThat(problems(schema, output(Shipped.kmdebug(), "core", "--json", "--no-source", path)))
                    .as(core)
                    .isEmpty();
        }
    }

    @Test
    void sortedCoresAreAsTheSchemaSays() throws Exception {
        String json = output(Shipped.kmdebug(), "triage", "--json", cores.toString());
        assertThat(problems(schema(TRIAGE, true), json)).isEmpty();
        assertThat(JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("unreadable"))
                .isNotEmpty();
    }

    @Test
    void theSchemaTellsWhatIsNone() throws Exception {
        String path = cores.resolve("crash_null.core").toString();
        String whole = output(Shipped.kmdebug(), "core", "--json", path);
        JsonObject report = JsonParser.parseString(whole).getAsJsonObject();
        report.remove("analysis");
        report.addProperty("pid", "seven");
        JsonObject frame = report.getAsJsonArray("threads")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("frames")
                .get(0)
                .getAsJsonObject();
        frame.addProperty("pc", 4198400);
        frame.addProperty("later", true);
        assertThat(problems(schema(REPORT, true), report.toString()))
                .hasSize(4)
                .anyMatch(p -> p.contains("analysis"))
                .anyMatch(p -> p.contains("pid"))
                .anyMatch(p -> p.contains("frames[0].pc"))
                .anyMatch(p -> p.contains("later"));
        assertThat(problems(schema(REPORT, false), report.toString()))
                .as("who reads schema 1 reads what is added to it, too")
                .hasSize(3);
    }
}
