package io.kmdebug.symbols;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is computed when it is first asked for. Several threads may compute it at the same time, so that none
 * waits for another; all see one result.
 */
final class Lazily<T> implements Supplier<T> {
    private final Supplier<? extends T> source;
    private final AtomicReference<@Nullable T> value = new AtomicReference<>();

    private Lazily(Supplier<? extends T> source) {
        this.source = source;
    }

    static <T> Supplier<T> of(Supplier<? extends T> source) {
        return new Lazily<>(source);
    }

    @Override
    public T get() {
        T known = value.get();
        if (known != null) return known;
        T computed = source.get();
        return value.compareAndSet(null, computed) ? computed : get();
    }
}
