package io.kmdebug.monitor.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A payload that runs.
 *
 * @param program path of its file; as it was named when the monitor does not answer
 * @param arguments argv
 * @param platform kvm or ptrace; null when the monitor does not answer
 * @param threads -1 when the monitor does not answer
 * @param memoryBytes of its address space; -1 likewise
 * @param residentBytes of the payload; -1 likewise
 * @param gdbPort 0: none
 * @param managementSocket absolute; null: none
 * @param answers whether the figures are the monitor's own
 */
record RunningMonitor(
        int pid,
        String program,
        List<String> arguments,
        @Nullable String platform,
        long threads,
        long memoryBytes,
        long residentBytes,
        int gdbPort,
        @Nullable String managementSocket,
        boolean answers) {
    /** The name behind the last slash of the program's. */
    String name() {
        return program.substring(program.lastIndexOf('/') + 1);
    }

    /** Whether {@code -c} means this one. */
    boolean isCalled(String wanted) {
        if (wanted.equals(name())) return true;
        if (arguments.isEmpty()) return false;
        String first = arguments.get(0);
        return wanted.equals(first) || wanted.equals(first.substring(first.lastIndexOf('/') + 1));
    }

    void json(StringBuilder out) {
        out.append("{\"pid\":").append(pid).append(",\"program\":");
        Json.string(out, program);
        out.append(",\"arguments\":[");
        for (int i = 0; i < arguments.size(); i++) {
            if (i > 0) out.append(',');
            Json.string(out, arguments.get(i));
        }
        out.append("],\"platform\":");
        if (platform == null) out.append("null");
        else Json.string(out, platform);
        out.append(",\"threads\":").append(figure(threads));
        out.append(",\"memoryBytes\":").append(figure(memoryBytes));
        out.append(",\"residentBytes\":").append(figure(residentBytes));
        out.append(",\"gdbPort\":").append(gdbPort == 0 ? "null" : Integer.toString(gdbPort));
        out.append(",\"managementSocket\":");
        if (managementSocket == null) out.append("null");
        else Json.string(out, managementSocket);
        out.append(",\"answers\":").append(answers).append('}');
    }

    private static String figure(long value) {
        return value < 0 ? "null" : Long.toString(value);
    }
}
