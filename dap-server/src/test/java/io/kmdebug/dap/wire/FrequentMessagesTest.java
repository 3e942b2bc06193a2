package io.kmdebug.dap.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.List;
import org.eclipse.lsp4j.debug.BreakpointEventArguments;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ContinueArguments;
import org.eclipse.lsp4j.debug.ContinueResponse;
import org.eclipse.lsp4j.debug.ContinuedEventArguments;
import org.eclipse.lsp4j.debug.DisconnectArguments;
import org.eclipse.lsp4j.debug.EvaluateArguments;
import org.eclipse.lsp4j.debug.EvaluateResponse;
import org.eclipse.lsp4j.debug.ExceptionInfoArguments;
import org.eclipse.lsp4j.debug.ExitedEventArguments;
import org.eclipse.lsp4j.debug.InitializeRequestArguments;
import org.eclipse.lsp4j.debug.NextArguments;
import org.eclipse.lsp4j.debug.OutputEventArguments;
import org.eclipse.lsp4j.debug.PauseArguments;
import org.eclipse.lsp4j.debug.ProcessEventArguments;
import org.eclipse.lsp4j.debug.ScopesArguments;
import org.eclipse.lsp4j.debug.ScopesResponse;
import org.eclipse.lsp4j.debug.SetBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetBreakpointsResponse;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsResponse;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetFunctionBreakpointsResponse;
import org.eclipse.lsp4j.debug.StackFrame;
import org.eclipse.lsp4j.debug.StackFramePresentationHint;
import org.eclipse.lsp4j.debug.StackTraceArguments;
import org.eclipse.lsp4j.debug.StackTraceResponse;
import org.eclipse.lsp4j.debug.StepInArguments;
import org.eclipse.lsp4j.debug.StepOutArguments;
import org.eclipse.lsp4j.debug.StoppedEventArguments;
import org.eclipse.lsp4j.debug.TerminateArguments;
import org.eclipse.lsp4j.debug.ThreadEventArguments;
import org.eclipse.lsp4j.debug.ThreadsResponse;
import org.eclipse.lsp4j.debug.VariablesArguments;
import org.eclipse.lsp4j.debug.VariablesArgumentsFilter;
import org.eclipse.lsp4j.debug.VariablesResponse;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.validation.NonNull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written and read by hand, against gson with lsp4j's adapters. */
class FrequentMessagesTest {
    private static final String ODD = "a\"b\\c/\n\r\t\b\f\u0001\u007f\u2028\u2029\u00e9\u20ac\ud83d\ude00<&>='";

    @ParameterizedTest
    @ValueSource(
            classes = {
                VariablesResponse.class,
                ScopesResponse.class,
                StackTraceResponse.class,
                ThreadsResponse.class,
                EvaluateResponse.class,
                ContinueResponse.class,
                Capabilities.class,
                SetBreakpointsResponse.class,
                SetFunctionBreakpointsResponse.class,
                SetExceptionBreakpointsResponse.class,
                BreakpointEventArguments.class,
                StoppedEventArguments.class,
                ContinuedEventArguments.class,
                ThreadEventArguments.class,
                OutputEventArguments.class,
                ProcessEventArguments.class,
                ExitedEventArguments.class
            })
    void everyFieldIsWrittenAsGsonWritesIt(Class<?> type) throws ReflectiveOperationException {
        for (boolean full : List.of(true, false)) {
            Object answer = made(type, full, 0);
            JsonText text = new JsonText();
            assertThat(FrequentAnswers.write(answer, text)).isTrue();
            assertThat(text).hasToString(Json.write(Json.toTree(answer)));
        }
    }

    @Test
    void oddCharactersComeBackAsTheyWere() {
        String text =
                new JsonText().beginObject().member("odd", ODD).endObject().toString();
        assertThat(Json.parseObject(text).get("odd").getAsString()).isEqualTo(ODD);
    }

    @ParameterizedTest
    @EnumSource(StackFramePresentationHint.class)
    void hintsAreSpelledAsGsonSpellsThem(StackFramePresentationHint hint) {
        StackFrame frame = new StackFrame();
        frame.setName("main");
        frame.setPresentationHint(hint);
        frame.setModuleId(Either.forLeft(7));
        StackTraceResponse answer = new StackTraceResponse();
        answer.setStackFrames(new StackFrame[] {frame});
        JsonText text = new JsonText();
        assertThat(FrequentAnswers.write(answer, text)).isTrue();
        assertThat(text).hasToString(Json.write(Json.toTree(answer)));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                VariablesArguments.class,
                ScopesArguments.class,
                StackTraceArguments.class,
                EvaluateArguments.class,
                ExceptionInfoArguments.class,
                InitializeRequestArguments.class,
                DisconnectArguments.class,
                TerminateArguments.class,
                SetBreakpointsArguments.class,
                SetFunctionBreakpointsArguments.class,
                SetExceptionBreakpointsArguments.class,
                ContinueArguments.class,
                NextArguments.class,
                StepInArguments.class,
                StepOutArguments.class,
                PauseArguments.class
            })
    void everyFieldIsReadAsGsonReadsIt(Class<?> type) throws ReflectiveOperationException {
        for (boolean full : List.of(true, false)) {
            JsonObject arguments = Json.toTree(made(type, full, 0)).getAsJsonObject();
            assertThat(FrequentArguments.read(new Fields(arguments, ""), type)).isEqualTo(Json.bind(arguments, type));
        }
    }

    @ParameterizedTest
    @EnumSource(VariablesArgumentsFilter.class)
    void filtersAreRead(VariablesArgumentsFilter filter) {
        VariablesArguments arguments = new VariablesArguments();
        arguments.setFilter(filter);
        JsonElement json = Json.toTree(arguments);
        assertThat(ArgumentReader.read(json, VariablesArguments.class).getFilter())
                .isEqualTo(filter);
    }

    @Test
    void wrongArgumentsNameTheirField() {
        assertThatThrownBy(() -> read("{}", ScopesArguments.class))
                .isInstanceOf(BadArgument.class)
                .hasMessage("argument 'frameId' is missing; it must be an integer from -2147483648 to 2147483647");
        assertThatThrownBy(() -> read("{\"frameId\":\"7\"}", ScopesArguments.class))
                .hasMessage("argument 'frameId' must be an integer from -2147483648 to 2147483647, not \"7\"");
        assertThatThrownBy(() -> read("{\"frameId\":2147483648}", ScopesArguments.class))
                .hasMessageContaining("'frameId' must be an integer");
        assertThatThrownBy(() -> read("{\"variablesReference\":1,\"filter\":\"Named\"}", VariablesArguments.class))
                .hasMessage("argument 'filter' must be one of indexed, named, not \"Named\"");
        assertThatThrownBy(() -> read("{\"variablesReference\":1,\"format\":{\"hex\":1}}", VariablesArguments.class))
                .hasMessage("argument 'format.hex' must be true or false, not 1");
        assertThatThrownBy(() -> read("{\"threadId\":1,\"format\":[]}", StackTraceArguments.class))
                .hasMessage("argument 'format' must be an object, not an array");
        assertThat(read("{\"frameId\":1e1,\"more\":true}", ScopesArguments.class)
                        .getFrameId())
                .isEqualTo(10);
    }

    private static <A> A read(String json, Class<A> type) {
        return ArgumentReader.read(Json.parseObject(json), type);
    }

    /** An object of lsp4j: with something in every field, or with what must be there alone. */
    private static Object made(Class<?> type, boolean full, int depth) throws ReflectiveOperationException {
        Object made = type.getDeclaredConstructor().newInstance();
        for (Class<?> c = type; c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                boolean list = field.getType().isArray() && depth == 0;
                boolean required = field.getType().isPrimitive() || field.isAnnotationPresent(NonNull.class);
                if (Modifier.isStatic(field.getModifiers()) || !(full || list || required)) continue;
                field.setAccessible(true);
                Class<?> wanted = field.getGenericType() instanceof ParameterizedType ? Either.class : field.getType();
                field.set(made, value(wanted, full, depth));
            }
        }
        return made;
    }

    private static Object value(Class<?> type, boolean full, int depth) throws ReflectiveOperationException {
        if (type == int.class || type == Integer.class) return 41 + depth;
        if (type == boolean.class || type == Boolean.class) return true;
        if (type == String.class || type == Object.class) return ODD;
        if (type == Either.class) return Either.forRight(ODD);
        if (type.isEnum()) return type.getEnumConstants()[0];
        if (!type.isArray()) return made(type, full, depth + 1);
        int length = depth > 2 ? 0 : 2;
        Object array = Array.newInstance(type.getComponentType(), length);
        for (int i = 0; i < length; i++) Array.set(array, i, value(type.getComponentType(), full, depth + 1));
        return array;
    }
}
