package io.kmdebug.symbols;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import java.util.Arrays;

/**
 * Where the direct calls of an image lead, in ascending order: where most of its functions begin. Found by the opcode
 * alone, so that some are no calls; code that calls nothing there is of no use for that.
 */
final class CallTargets {
    private static final int CALL = 0xe8;
    private static final int CALL_BYTES = 5;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int MOST = 1 << 20;

    private final long[] targets;

    private CallTargets(long[] targets) {
        this.targets = targets;
    }

    static CallTargets of(ElfFile file) {
        long[] found = new long[1024];
        int count = 0;
        for (ElfSegment segment : file.segments()) {
            if (segment.type() != ElfSegment.PT_LOAD || (segment.flags() & ElfSegment.PF_X) == 0) continue;
            long there = Math.min(segment.fileSize(), file.bytes().length() - segment.offset());
            for (long at = 0; at + CALL_BYTES <= there && count < MOST; at += PIECE_BYTES) {
                int length = (int) Math.min(PIECE_BYTES + CALL_BYTES - 1, there - at);
                byte[] code = file.bytes().copy(segment.offset() + at, length);
                for (int i = 0; i + CALL_BYTES <= code.length && count < MOST; i++) {
                    if ((code[i] & 0xff) != CALL) continue;
                    long target = segment.address() + at + i + CALL_BYTES + displacement(code, i + 1);
                    if (!segment.contains(target)) continue;
                    if (count == found.length) found = Arrays.copyOf(found, 2 * count);
                    found[count++] = target;
                }
            }
        }
        long[] sorted = Arrays.copyOf(found, count);
        Arrays.sort(sorted);
        return new CallTargets(sorted);
    }

    /** The last target that is not behind {@code pc}, a link-time address; 0 for none. */
    long atOrBefore(long pc) {
        int at = Arrays.binarySearch(targets, pc);
        if (at < 0) at = -at - 2;
        return at < 0 ? 0 : targets[at];
    }

    private static int displacement(byte[] code, int at) {
        return code[at] & 0xff | (code[at + 1] & 0xff) << 8 | (code[at + 2] & 0xff) << 16 | code[at + 3] << 24;
    }
}
