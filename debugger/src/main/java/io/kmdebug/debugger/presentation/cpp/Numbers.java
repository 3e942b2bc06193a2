package io.kmdebug.debugger.presentation.cpp;

import io.kmdebug.debugger.presentation.Part;
import io.kmdebug.debugger.presentation.Wrapping;
import io.kmdebug.debugger.value.Presentation;
import io.kmdebug.debugger.value.ProgramView;
import io.kmdebug.debugger.value.Recipe;
import io.kmdebug.debugger.value.Value;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code atomic}, {@code complex}, and durations. */
final class Numbers {
    private static final String[] ATOMIC = {"_M_i", "_M_p", "_M_fp", "__a_value"};

    private Numbers() {}

    static @Nullable Recipe of(String name, CompositeType type) {
        return switch (name) {
            case "atomic", "__atomic_base", "__atomic_float", "atomic_flag" -> Numbers::atomic;
            case "complex" -> Numbers::complex;
            case "chrono::duration" -> (value, program) -> duration(value, program, type);
            case "chrono::time_point" ->
                (value, program) -> {
                    Part point = new Part(value, program.memory());
                    Part duration = point.find("__d").orElseGet(() -> point.at("__d_"));
                    return new Wrapping("", duration.value(), "time_since_epoch", false);
                };
            default -> null;
        };
    }

    private static @Nullable Presentation atomic(Value value, ProgramView program) {
        Part atomic = new Part(value, program.memory());
        for (String[] path : new String[][] {{}, {"_M_b"}, {"_M_base"}, {"__a_"}}) {
            Optional<Part> holder = Optional.of(atomic);
            for (String name : path) holder = holder.flatMap(p -> p.find(name));
            for (String name : ATOMIC) {
                Optional<Part> found = holder.flatMap(p -> p.find(name));
                if (found.isPresent()) return new Wrapping("", found.get().value(), "value", false);
            }
        }
        return null;
    }

    private static @Nullable Presentation complex(Value value, ProgramView program) {
        Part complex = new Part(value, program.memory());
        Optional<Part> whole = complex.find("_M_value");
        if (whole.isPresent()) return new Wrapping("", whole.get().value(), "value", false);
        if (complex.find("__re_").isEmpty()) return null;
        Value real = complex.at("__re_").value();
        Value imaginary = complex.at("__im_").value();
        return out -> out.value(real).text(" + ").value(imaginary).text("i");
    }

    private static Presentation duration(Value value, ProgramView program, CompositeType type) {
        Part duration = new Part(value, program.memory());
        Part count = duration.find("__r").orElseGet(() -> duration.at("__rep_"));
        Type period = TemplateArguments.type(type, 1, program);
        String unit = unit(period);
        Value number = count.value();
        return out -> out.value(number).text(unit);
    }

    private static String unit(Type period) {
        if (!(period.stripped() instanceof CompositeType ratio)) return "";
        long[] fraction = ratio(ratio);
        String key = fraction[0] + "/" + fraction[1];
        return switch (key) {
            case "1/1000000000" -> "ns";
            case "1/1000000" -> "us";
            case "1/1000" -> "ms";
            case "1/1" -> "s";
            case "60/1" -> "min";
            case "3600/1" -> "h";
            case "86400/1" -> "d";
            default -> fraction[1] == 1 ? "[" + fraction[0] + "]s" : "[" + key + "]s";
        };
    }

    private static long[] ratio(CompositeType ratio) {
        return new long[] {TemplateArguments.value(ratio, 0), Math.max(1, TemplateArguments.value(ratio, 1))};
    }
}
