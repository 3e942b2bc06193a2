package io.kmdebug.monitor.syscall;

import io.kmdebug.monitor.state.DescriptorsState;
import io.kmdebug.monitor.state.OpenFileState;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** The payload's descriptors as records. */
public final class DescriptorCapture {
    private DescriptorCapture() {}

    /** For a process that is given the descriptors themselves: SCM_RIGHTS, in the order of the slots. */
    public static DescriptorsState shared(FdTable table) {
        List<DescriptorsState.Slot> slots = new ArrayList<>();
        List<OpenFileState> files = new ArrayList<>();
        IdentityHashMap<OpenFile, Integer> known = new IdentityHashMap<>();
        for (FdTable.Slot slot : table.slots()) {
            OpenFile file = slot.file();
            Integer index = known.get(file);
            if (index == null) {
                index = files.size();
                known.put(file, index);
                files.add(new OpenFileState(
                        file.kind().name(),
                        file.procPath(),
                        file.position(),
                        file.standard(),
                        file.hasTimeout(),
                        file.signalMask()));
            }
            slots.add(new DescriptorsState.Slot(slot.number(), slot.hostFd(), slot.closeOnExec(), index));
        }
        return new DescriptorsState(slots, files);
    }
}
