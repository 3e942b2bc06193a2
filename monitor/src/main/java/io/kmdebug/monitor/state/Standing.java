package io.kmdebug.monitor.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What of a thread's dealings with the host the payload changed: how it is scheduled and whom it acts for. What the
 * payload left alone is that of whoever starts a monitor.
 *
 * @param scheduling struct sched_attr of its first version, or empty; sched_setattr(2)
 * @param inputPriority of ioprio_set(2), when {@code scheduling} is there
 * @param timerSlack nanoseconds, or 0; PR_SET_TIMERSLACK
 * @param rights null: not changed
 */
public record Standing(
        byte[] scheduling,
        int inputPriority,
        long timerSlack,
        @Nullable Rights rights) {
    public static final Standing UNCHANGED = new Standing(new byte[0], 0, 0, null);

    /** SCHED_ATTR_SIZE_VER0. */
    public static final int SCHEDULING_BYTES = 48;

    private static final int POLICY = 4;
    private static final int FLAGS = 8;
    private static final int NICE = 16;
    private static final int PRIORITY = 20;
    private static final int RESET_ON_FORK = 1;
    private static final int FIFO = 1;
    private static final int RR = 2;
    private static final int DEADLINE = 6;

    public Standing {
        if (scheduling.length != 0 && scheduling.length != SCHEDULING_BYTES) {
            throw new IllegalArgumentException(scheduling.length + " bytes of scheduling");
        }
    }

    private ByteBuffer fields() {
        return ByteBuffer.wrap(scheduling.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private boolean hasPriority() {
        int policy = fields().getInt(POLICY);
        return policy == FIFO || policy == RR || policy == DEADLINE;
    }

    /** What a child has of it: SCHED_FLAG_RESET_ON_FORK takes away what is better than usual. */
    public Standing ofChild() {
        if (scheduling.length == 0) return this;
        ByteBuffer child = fields();
        if ((child.getLong(FLAGS) & RESET_ON_FORK) == 0) return this;
        int nice = hasPriority() ? 0 : Math.max(0, child.getInt(NICE));
        if (hasPriority()) {
            child.putInt(POLICY, 0).putInt(PRIORITY, 0);
            for (int i = PRIORITY + 4; i < SCHEDULING_BYTES; i++) child.put(i, (byte) 0);
        }
        child.putInt(NICE, nice).putLong(FLAGS, child.getLong(FLAGS) & ~RESET_ON_FORK);
        return new Standing(child.array(), inputPriority, timerSlack, rights);
    }

    /** How it is scheduled, for a message. */
    public String schedulingText() {
        ByteBuffer fields = fields();
        int policy = fields.getInt(POLICY);
        String name = switch (policy) {
            case 0 -> "SCHED_OTHER";
            case FIFO -> "SCHED_FIFO";
            case RR -> "SCHED_RR";
            case 3 -> "SCHED_BATCH";
            case 5 -> "SCHED_IDLE";
            case DEADLINE -> "SCHED_DEADLINE";
            default -> Integer.toString(policy);
        };
        return hasPriority()
                ? "policy " + name + ", priority " + fields.getInt(PRIORITY)
                : "policy " + name + ", nice value " + fields.getInt(NICE);
    }
}
