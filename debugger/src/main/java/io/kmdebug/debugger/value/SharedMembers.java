package io.kmdebug.debugger.value;

import io.kmdebug.machine.MemoryReader;
import io.kmdebug.symbols.FrameContext;
import io.kmdebug.symbols.StaticMember;
import io.kmdebug.symbols.ThreadLocals;
import io.kmdebug.symbols.Unwinder;
import java.util.List;
import java.util.function.Function;

/** Static members of C++ classes, wherever a program's images define them. */
public final class SharedMembers {
    private SharedMembers() {}

    /**
     * What {@code member} is in the first image that has it; a missing value with the reason where none has.
     *
     * @param threadLocals those of an image in the thread that is looked at
     */
    public static Value value(
            StaticMember member,
            List<Unwinder.Image> images,
            MemoryReader memory,
            Function<Unwinder.Image, ThreadLocals> threadLocals) {
        Value missing = null;
        for (Unwinder.Image image : images) {
            var variable = image.symbols().staticMember(member).orElse(null);
            if (variable == null) continue;
            FrameContext context = FrameContext.ofImage(memory, image.loadBias(), threadLocals.apply(image));
            Value value = Value.of(variable, context);
            if (!(value.storage() instanceof Storage.Missing)) return value;
            if (missing == null) missing = value;
        }
        return missing != null ? missing : Value.unavailable(member.type(), "optimized out, or defined elsewhere");
    }
}
