package io.kmdebug.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The auxiliary vector: pairs of 8-byte type and value, ended by AT_NULL. getauxval(3). */
public final class AuxVector {
    public static final int AT_NULL = 0;
    public static final int AT_PHDR = 3;
    public static final int AT_PHENT = 4;
    public static final int AT_PHNUM = 5;
    public static final int AT_PAGESZ = 6;
    public static final int AT_BASE = 7;
    public static final int AT_FLAGS = 8;
    public static final int AT_ENTRY = 9;
    public static final int AT_UID = 11;
    public static final int AT_EUID = 12;
    public static final int AT_GID = 13;
    public static final int AT_EGID = 14;
    public static final int AT_PLATFORM = 15;
    public static final int AT_HWCAP = 16;
    public static final int AT_CLKTCK = 17;
    public static final int AT_SECURE = 23;
    public static final int AT_RANDOM = 25;
    public static final int AT_HWCAP2 = 26;
    public static final int AT_EXECFN = 31;
    public static final int AT_SYSINFO_EHDR = 33;
    public static final int AT_MINSIGSTKSZ = 51;

    private final Map<Long, Long> entries = new LinkedHashMap<>();

    /** Reads pairs until AT_NULL or the end of {@code raw}. */
    public static AuxVector decode(byte[] raw) {
        AuxVector vector = new AuxVector();
        ByteBuffer view = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        while (view.remaining() >= 16) {
            long type = view.getLong();
            long value = view.getLong();
            if (type == AT_NULL) break;
            vector.entries.put(type, value);
        }
        return vector;
    }

    public AuxVector put(int type, long value) {
        entries.put((long) type, value);
        return this;
    }

    public OptionalLong get(int type) {
        Long value = entries.get((long) type);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** In the order of insertion, closed by AT_NULL. */
    public byte[] encode() {
        ByteBuffer view = ByteBuffer.allocate(16 * (entries.size() + 1)).order(ByteOrder.LITTLE_ENDIAN);
        entries.forEach((type, value) -> view.putLong(type).putLong(value));
        return view.array();
    }
}
