package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.CrashAnalysis.SystemCall;
import io.kmdebug.debugger.CrashAnalysis.Wait;
import io.kmdebug.debugger.crash.Signature;
import io.kmdebug.debugger.target.LoadedImage;
import io.kmdebug.machine.AmdRegister;
import io.kmdebug.machine.MemoryReader;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.UnreadableMemoryException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What threads wait for in futex(2). Which object it is tells the function of the C library that waits; who holds a mutex
 * tells glibc's {@code __owner}, 8 bytes into it (glibc {@code sysdeps/x86/nptl/bits/struct_mutex.h}), or musl's lock
 * word, which holds it for mutexes that are not normal ones (musl {@code src/thread/pthread_mutex_lock.c}).
 */
final class ThreadWaits {
    private static final int FRAMES = 8;
    private static final int NR_FUTEX = 202;
    private static final int COMMAND_MASK = 0x7f;
    /** FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI, FUTEX_LOCK_PI2. */
    private static final Set<Integer> WAITING = Set.of(0, 6, 9, 11, 13);

    /** Functions that one C library has and the other has not. */
    private static final List<String> GLIBC =
            List.of("__libc_start_call_main", "gnu_get_libc_version", "__libc_message");

    private static final List<String> MUSL =
            List.of("libc_start_main_stage2", "__init_libc", "__pthread_mutex_timedlock");

    private static final int GLIBC_OWNER = 8;
    private static final int MUSL_LOCK = 4;
    private static final int MUSL_TYPE_MASK = 3;
    private static final int TID_MASK = 0x3fff_ffff;

    private final Payload payload;
    private final MemoryReader memory;
    private final List<Long> threads;
    private final boolean glibc;
    private final boolean musl;

    ThreadWaits(Payload payload) {
        this.payload = payload;
        this.memory = payload.target().memory();
        this.threads = payload.target().threadIds();
        this.glibc = hasAny(GLIBC);
        this.musl = !glibc && hasAny(MUSL);
    }

    private boolean hasAny(List<String> functions) {
        for (LoadedImage image : payload.images().all()) {
            for (String function : functions) {
                if (image.symbols().symbolsNamed(function).stream().anyMatch(s -> s.section() != 0)) return true;
            }
        }
        return false;
    }

    /** @param call the one in which the thread is */
    Optional<Wait> of(long thread, SystemCall call, Registers registers, List<StackFrame> frames) {
        boolean waits =
                call.number() == NR_FUTEX && WAITING.contains((int) registers.get(AmdRegister.RSI) & COMMAND_MASK);
        if (!waits) return Optional.empty();
        long futex = registers.get(AmdRegister.RDI);
        for (StackFrame frame : frames.subList(0, Math.min(FRAMES, frames.size()))) {
            String function = Signature.plain(frame.name());
            if (function.startsWith("pthread_mutex_")) return Optional.of(mutex(thread, futex));
            if (function.startsWith("pthread_cond_")) return Optional.of(plain(thread, "condition variable", futex));
            if (function.startsWith("pthread_barrier_")) return Optional.of(plain(thread, "barrier", futex));
            if (function.startsWith("pthread_rwlock_")) return Optional.of(plain(thread, "read-write lock", futex));
            if (function.startsWith("sem_") || function.startsWith("new_sem_")) {
                return Optional.of(plain(thread, "semaphore", futex));
            }
            boolean join = function.startsWith("pthread_join")
                    || function.startsWith("pthread_timedjoin")
                    || function.startsWith("pthread_clockjoin");
            Optional<String> rust = rustKind(frame.name());
            if (rust.isPresent()) return Optional.of(plain(thread, rust.get(), futex));
            if (join) return Optional.of(new Wait(thread, "thread", futex, null, glibc ? threadAt(futex) : null));
        }
        return Optional.of(plain(thread, "futex", futex));
    }

    /** The locks of Rust's library; none of them says who holds it (Rust {@code library/std/src/sys/sync}). */
    private static Optional<String> rustKind(String function) {
        if (!function.startsWith("std::")) return Optional.empty();
        if (function.contains("::Mutex::lock")) return Optional.of("mutex");
        if (function.contains("::RwLock::")) return Optional.of("read-write lock");
        return function.contains("::Condvar::wait") ? Optional.of("condition variable") : Optional.empty();
    }

    private Wait plain(long thread, String kind, long futex) {
        String name = name(futex);
        String object = name == null || kind.equals("futex") ? name : name.replaceFirst("\\+\\d+$", "");
        return new Wait(thread, kind, futex, object, null);
    }

    private Wait mutex(long thread, long futex) {
        if (musl) return muslMutex(thread, futex);
        Long owner = glibc ? threadAt(futex + GLIBC_OWNER) : null;
        return new Wait(thread, "mutex", futex, name(futex), owner);
    }

    /** The futex is the lock word, behind the type. A normal mutex says that it is held, not by whom. */
    private Wait muslMutex(long thread, long futex) {
        long mutex = futex - MUSL_LOCK;
        Long owner = null;
        try {
            boolean normal = (memory.readUnsigned(mutex, 4) & MUSL_TYPE_MASK) == 0;
            if (!normal) owner = known(memory.readUnsigned(futex, 4) & TID_MASK);
        } catch (UnreadableMemoryException e) {
            return new Wait(thread, "mutex", mutex, name(mutex), null);
        }
        return new Wait(thread, "mutex", mutex, name(mutex), owner);
    }

    private @Nullable Long threadAt(long address) {
        try {
            return known(memory.readUnsigned(address, 4));
        } catch (UnreadableMemoryException e) {
            return null;
        }
    }

    private @Nullable Long known(long tid) {
        return threads.contains(tid) ? tid : null;
    }

    private @Nullable String name(long address) {
        return payload.symbolName(address).orElse(null);
    }
}
