package io.kmdebug.monitor.core;

import io.kmdebug.machine.Xsave;
import io.kmdebug.monitor.host.HostCpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Moves the components of an XSAVE area to where Intel's processors have them. Where AVX-512 and the protection keys lie
 * differs between makers; readers of cores that were written before that was known (gdb up to 13) take Intel's places
 * for granted, the later ones tell the layouts apart by the size. Intel SDM volume 1 §13.4.3.
 */
final class ExtendedStateLayout {
    private static final int XSAVE_LEAF = 0xd;
    private static final int HEADER_END = 576;
    private static final int AVX = 2;
    private static final int PROTECTION_KEYS = 9;
    /** Offset and size by number of the component: AVX, then opmask, ZMM_Hi256, Hi16_ZMM, then PKRU. */
    private static final int[][] INTEL = {
        {}, {}, {576, 256}, {}, {}, {1088, 64}, {1152, 512}, {1664, 1024}, {}, {2688, 8}
    };

    private ExtendedStateLayout() {}

    /**
     * NT_X86_XSTATE: {@code area} with its components in Intel's places and XCR0 in its software bytes.
     *
     * @param area in the standard format of this host's processor
     * @param xcr0 the components it may hold; those that are not in the table are left out
     */
    static byte[] note(byte[] area, long xcr0) {
        long kept = 3;
        int size = HEADER_END;
        for (int component = AVX; component <= PROTECTION_KEYS; component++) {
            if ((xcr0 & 1L << component) == 0 || INTEL[component].length == 0) continue;
            kept |= 1L << component;
            size = Math.max(size, INTEL[component][0] + INTEL[component][1]);
        }
        byte[] note = Arrays.copyOf(Arrays.copyOf(area, Math.min(area.length, HEADER_END)), size);
        for (int component = AVX; component <= PROTECTION_KEYS; component++) {
            if ((kept & 1L << component) != 0) move(area, note, component);
        }
        ByteBuffer view = ByteBuffer.wrap(note).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = Xsave.XCR0_IN_SW_RESERVED; i < Xsave.LEGACY_BYTES; i++) note[i] = 0;
        view.putLong(Xsave.XCR0_IN_SW_RESERVED, kept);
        view.putLong(Xsave.XSTATE_BV, view.getLong(Xsave.XSTATE_BV) & kept);
        return note;
    }

    private static void move(byte[] area, byte[] note, int component) {
        int[] host = HostCpu.cpuid(XSAVE_LEAF, component); // eax: size, ebx: offset
        int size = Math.min(host[0], INTEL[component][1]);
        if (host[1] + size <= area.length) System.arraycopy(area, host[1], note, INTEL[component][0], size);
    }
}
