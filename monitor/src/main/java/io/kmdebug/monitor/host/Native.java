package io.kmdebug.monitor.host;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * Calls of the host's C library with integers and addresses only. Straight through jffi, jnr-ffi's engine: an interface
 * binding would generate classes at start, which costs more than everything else km does before the first guest
 * instruction. Results follow the kernel: minus errno for a failure.
 */
public final class Native {
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final LastError LAST_ERROR = LastError.getInstance();
    private static final Library LIBC = Library.getDefault();
    private static final CallContext[] BY_COUNT = new CallContext[8];
    private static final long SYSCALL = address("syscall");

    private Native() {}

    /** Address of a function of the C library. */
    public static long address(String name) {
        long address = LIBC.getSymbolAddress(name);
        if (address == 0) throw new IllegalStateException("the C library has no function " + name);
        return address;
    }

    private static CallContext context(int count) {
        CallContext known = BY_COUNT[count];
        if (known == null) {
            Type[] parameters = new Type[count];
            java.util.Arrays.fill(parameters, Type.SLONG_LONG);
            known = new CallContext(Type.SLONG_LONG, parameters, CallingConvention.DEFAULT, true);
            BY_COUNT[count] = known;
        }
        return known;
    }

    /** Calls a function that returns -1 and sets errno: the result is then -errno. */
    public static long call(long function, long a) {
        return result(INVOKER.invokeN1(context(1), function, a));
    }

    /** See {@link #call(long, long)}. */
    public static long call(long function, long a, long b) {
        return result(INVOKER.invokeN2(context(2), function, a, b));
    }

    /** See {@link #call(long, long)}. */
    public static long call(long function, long a, long b, long c) {
        return result(INVOKER.invokeN3(context(3), function, a, b, c));
    }

    /** See {@link #call(long, long)}. */
    public static long call(long function, long a, long b, long c, long d) {
        return result(INVOKER.invokeN4(context(4), function, a, b, c, d));
    }

    /** See {@link #call(long, long)}. */
    public static long call(long function, long a, long b, long c, long d, long e) {
        return result(INVOKER.invokeN5(context(5), function, a, b, c, d, e));
    }

    /** See {@link #call(long, long)}. */
    public static long call(long function, long a, long b, long c, long d, long e, long f) {
        return result(INVOKER.invokeN6(context(6), function, a, b, c, d, e, f));
    }

    /** syscall(2) by number, up to six arguments. Five or fewer are faster than six. */
    public static long syscall(long number, long... a) {
        return switch (a.length) {
            case 0 -> call(SYSCALL, number);
            case 1 -> call(SYSCALL, number, a[0]);
            case 2 -> call(SYSCALL, number, a[0], a[1]);
            case 3 -> call(SYSCALL, number, a[0], a[1], a[2]);
            case 4 -> call(SYSCALL, number, a[0], a[1], a[2], a[3]);
            case 5 -> call(SYSCALL, number, a[0], a[1], a[2], a[3], a[4]);
            case 6 -> syscall6(number, a);
            default -> throw new IllegalArgumentException("a system call has at most 6 arguments");
        };
    }

    private static long syscall6(long number, long[] a) {
        HeapInvocationBuffer buffer = new HeapInvocationBuffer(context(7));
        buffer.putLong(number);
        for (long argument : a) buffer.putLong(argument);
        return result(INVOKER.invokeLong(context(7), SYSCALL, buffer));
    }

    private static long result(long raw) {
        return raw == -1 ? -LAST_ERROR.get() : raw;
    }
}
