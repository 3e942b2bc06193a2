package io.kmdebug.debugger.crash;

import io.kmdebug.debugger.CrashAnalysis.Wait;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Circles of threads of which each waits for what the next one holds. */
public final class Deadlocks {
    private Deadlocks() {}

    /** Each circle once, from its lowest thread id on. A thread that waits for itself is a circle of one. */
    public static List<List<Long>> in(List<Wait> waits) {
        Map<Long, Long> next = new HashMap<>();
        for (Wait wait : waits) if (wait.owner() != null) next.put(wait.thread(), wait.owner());
        Set<Long> done = new HashSet<>();
        List<List<Long>> circles = new ArrayList<>();
        for (Wait wait : waits) {
            List<Long> path = new ArrayList<>();
            Long at = wait.thread();
            while (at != null && done.add(at)) {
                path.add(at);
                at = next.get(at);
            }
            int start = at == null ? -1 : path.indexOf(at);
            if (start >= 0) circles.add(fromLowest(path.subList(start, path.size())));
        }
        return List.copyOf(circles);
    }

    private static List<Long> fromLowest(List<Long> circle) {
        List<Long> turned = new ArrayList<>(circle);
        Collections.rotate(turned, -turned.indexOf(Collections.min(turned)));
        return List.copyOf(turned);
    }
}
