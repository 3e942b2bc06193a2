package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.target.LiveTarget;
import java.util.HashMap;
import java.util.Map;

/** Which addresses have a breakpoint in the payload. Only the stub knows the bytes; here they are counted by owner. */
final class PlantedBreakpoints {
    private final LiveTarget target;
    private final Map<Long, Integer> owners = new HashMap<>();

    PlantedBreakpoints(LiveTarget target) {
        this.target = target;
    }

    boolean isPlanted(long address) {
        return owners.containsKey(address);
    }

    /** Adds an owner. Returns whether the stub could plant it. */
    boolean insert(long address) {
        Integer count = owners.get(address);
        if (count == null && !target.insertBreakpoint(address)) return false;
        owners.put(address, count == null ? 1 : count + 1);
        return true;
    }

    /** Takes one owner away. */
    void remove(long address) {
        Integer count = owners.get(address);
        if (count == null) return;
        if (count > 1) {
            owners.put(address, count - 1);
        } else {
            owners.remove(address);
            target.removeBreakpoint(address);
        }
    }

    /** Takes the bytes out for a moment, whoever owns them, so that a thread can go over. */
    void lift(long address) {
        if (owners.containsKey(address)) target.removeBreakpoint(address);
    }

    /** Puts the bytes back after {@link #lift}. */
    void lower(long address) {
        if (owners.containsKey(address)) target.insertBreakpoint(address);
    }

    /** Takes all out for good, whoever owns them. */
    void takeOut() {
        owners.clear();
        target.removeBreakpoints();
    }

    /** The process and its memory are gone. */
    void forget() {
        owners.clear();
    }
}
