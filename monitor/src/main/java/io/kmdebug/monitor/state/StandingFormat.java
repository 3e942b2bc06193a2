package io.kmdebug.monitor.state;

import java.util.ArrayList;
import java.util.List;

/** The serial form of what a process and its threads changed of their dealings with the host. */
final class StandingFormat {
    private StandingFormat() {}

    static void write(StateOutput out, Standing standing) {
        out.bytes(standing.scheduling()).u4(standing.inputPriority()).u8(standing.timerSlack());
        Rights rights = standing.rights();
        out.flag(rights != null);
        if (rights == null) return;
        numbers(out, rights.users());
        numbers(out, rights.groups());
        numbers(out, rights.supplementary());
        for (long set : rights.capabilities()) out.u8(set);
        out.flag(rights.noNewPrivileges()).u4(rights.secureBits());
    }

    private static void numbers(StateOutput out, List<Integer> values) {
        out.list(values, (o, value) -> o.u4(value));
    }

    static Standing read(StateInput in) throws CorruptState {
        byte[] scheduling = in.bytes("scheduling");
        if (scheduling.length != 0 && scheduling.length != Standing.SCHEDULING_BYTES) {
            throw in.wrong("length of scheduling", scheduling.length, "0 or " + Standing.SCHEDULING_BYTES);
        }
        int inputPriority = in.u4("priority of input");
        long timerSlack = in.u8("timer slack");
        Rights rights = in.flag("has rights") ? readRights(in) : null;
        return new Standing(scheduling, inputPriority, timerSlack, rights);
    }

    private static Rights readRights(StateInput in) throws CorruptState {
        List<Integer> users = ids(in, "user ids");
        List<Integer> groups = ids(in, "group ids");
        List<Integer> supplementary = in.list("supplementary groups", i -> i.u4("group"));
        List<Long> capabilities = new ArrayList<>();
        for (int i = 0; i < Rights.SETS; i++) capabilities.add(in.u8("capabilities"));
        boolean noNewPrivileges = in.flag("no_new_privs");
        return new Rights(
                users, groups, supplementary, List.copyOf(capabilities), noNewPrivileges, in.u4("secure bits"));
    }

    private static List<Integer> ids(StateInput in, String field) throws CorruptState {
        List<Integer> ids = in.list(field, i -> i.u4(field));
        if (ids.size() != Rights.IDS) throw in.wrong("number of " + field, ids.size(), "4");
        return ids;
    }

    static void write(StateOutput out, ControlState controls) {
        out.u4(controls.parentDeathSignal()).u4(controls.dumpable()).u4(controls.subreaper());
        out.u4(controls.personality()).u4(controls.largePagesDisabled()).u8(controls.barriers());
        out.optionalText(controls.outOfMemoryScore()).u4(controls.coreFilter());
    }

    static ControlState readControls(StateInput in) throws CorruptState {
        return new ControlState(
                in.u4("parent death signal"),
                in.u4("dumpable"),
                in.u4("subreaper"),
                in.u4("personality"),
                in.u4("large pages disabled"),
                in.u8("membarrier registrations"),
                in.optionalText("oom_score_adj"),
                in.u4("coredump_filter"));
    }
}
