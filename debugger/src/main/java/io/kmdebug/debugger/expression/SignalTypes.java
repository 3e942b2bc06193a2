package io.kmdebug.debugger.expression;

import io.kmdebug.symbols.ArrayType;
import io.kmdebug.symbols.CompositeType;
import io.kmdebug.symbols.PointerType;
import io.kmdebug.symbols.Type;
import io.kmdebug.symbols.UnspecifiedType;
import java.util.List;

/** Linux's {@code siginfo_t} on amd64, with the names that gdb gives its members. {@code asm-generic/siginfo.h}. */
final class SignalTypes {
    private static final Type ADDRESS = PointerType.to(UnspecifiedType.VOID);
    private static final Type VALUE =
            union("sigval", 8, member("sival_int", CTypes.INT, 0), member("sival_ptr", ADDRESS, 0));
    private static final Type BOUNDS = struct(null, 16, member("_lower", ADDRESS, 0), member("_upper", ADDRESS, 8));
    private static final Type FIELDS = union(
            null,
            112,
            member("_pad", new ArrayType(() -> CTypes.INT, 28), 0),
            member(
                    "_kill",
                    struct(null, 8, member("si_pid", CTypes.INT, 0), member("si_uid", CTypes.UNSIGNED_INT, 4)),
                    0),
            member(
                    "_timer",
                    struct(
                            null,
                            16,
                            member("si_tid", CTypes.INT, 0),
                            member("si_overrun", CTypes.INT, 4),
                            member("si_sigval", VALUE, 8)),
                    0),
            member(
                    "_rt",
                    struct(
                            null,
                            16,
                            member("si_pid", CTypes.INT, 0),
                            member("si_uid", CTypes.UNSIGNED_INT, 4),
                            member("si_sigval", VALUE, 8)),
                    0),
            member(
                    "_sigchld",
                    struct(
                            null,
                            32,
                            member("si_pid", CTypes.INT, 0),
                            member("si_uid", CTypes.UNSIGNED_INT, 4),
                            member("si_status", CTypes.INT, 8),
                            member("si_utime", CTypes.LONG, 16),
                            member("si_stime", CTypes.LONG, 24)),
                    0),
            member(
                    "_sigfault",
                    struct(
                            null,
                            32,
                            member("si_addr", ADDRESS, 0),
                            member("_addr_lsb", CTypes.SHORT, 8),
                            member("_addr_bnd", BOUNDS, 16)),
                    0),
            member("_sigpoll", struct(null, 16, member("si_band", CTypes.LONG, 0), member("si_fd", CTypes.INT, 8)), 0),
            member(
                    "_sigsys",
                    struct(
                            null,
                            16,
                            member("_call_addr", ADDRESS, 0),
                            member("_syscall", CTypes.INT, 8),
                            member("_arch", CTypes.UNSIGNED_INT, 12)),
                    0));

    /** 128 bytes. */
    static final Type SIGINFO = struct(
            "siginfo",
            128,
            member("si_signo", CTypes.INT, 0),
            member("si_errno", CTypes.INT, 4),
            member("si_code", CTypes.INT, 8),
            member("_sifields", FIELDS, 16));

    private SignalTypes() {}

    private static Type struct(
            @org.jspecify.annotations.Nullable String tag, int bytes, CompositeType.Member... members) {
        return new CompositeType(CompositeType.Kind.STRUCT, tag, bytes, false, () -> List.of(members));
    }

    private static Type union(
            @org.jspecify.annotations.Nullable String tag, int bytes, CompositeType.Member... members) {
        return new CompositeType(CompositeType.Kind.UNION, tag, bytes, false, () -> List.of(members));
    }

    private static CompositeType.Member member(String name, Type type, int byteOffset) {
        return new CompositeType.Member(name, () -> type, byteOffset * 8L, 0, false);
    }
}
