package io.kmdebug.monitor.host;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Raw host memory by address. The only class that touches it; whoever calls has checked the address. */
public final class HostMemory {
    private static final Unsafe UNSAFE = unsafe();
    private static final long BYTES = Unsafe.ARRAY_BYTE_BASE_OFFSET;

    private HostMemory() {}

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Unsafe", e);
        }
    }

    public static byte getByte(long address) {
        return UNSAFE.getByte(address);
    }

    public static void putByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }

    /** Unsigned 16 bits. */
    public static int getShort(long address) {
        return UNSAFE.getShort(address) & 0xffff;
    }

    public static void putShort(long address, int value) {
        UNSAFE.putShort(address, (short) value);
    }

    public static int getInt(long address) {
        return UNSAFE.getInt(address);
    }

    public static void putInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    public static long getLong(long address) {
        return UNSAFE.getLong(address);
    }

    public static void putLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    /** One store after all earlier ones, seen whole by other processors. The address is a multiple of 8. */
    public static void putLongOrdered(long address, long value) {
        UNSAFE.putOrderedLong(null, address, value);
    }

    /** One store that other processors see whole: page table entries. The address is a multiple of 8. */
    public static void putLongVolatile(long address, long value) {
        UNSAFE.putLongVolatile(null, address, value);
    }

    /** The address is a multiple of 4. */
    public static boolean compareAndSetInt(long address, int expected, int value) {
        return UNSAFE.compareAndSwapInt(null, address, expected, value);
    }

    public static void read(long address, byte[] target, int offset, int length) {
        UNSAFE.copyMemory(null, address, target, BYTES + offset, length);
    }

    public static byte[] read(long address, int length) {
        byte[] out = new byte[length];
        read(address, out, 0, length);
        return out;
    }

    public static void write(long address, byte[] source, int offset, int length) {
        UNSAFE.copyMemory(source, BYTES + offset, null, address, length);
    }

    public static void clear(long address, long length) {
        UNSAFE.setMemory(address, length, (byte) 0);
    }

    /** Zeroed memory that lives as long as the monitor. */
    public static long allocate(long bytes) {
        long address = UNSAFE.allocateMemory(bytes);
        clear(address, bytes);
        return address;
    }

    public static void free(long address) {
        UNSAFE.freeMemory(address);
    }
}
