# Prints the frames of every thread: "T tid", then "F pc sp name" for each frame that is on the stack.
import gdb

for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.num):
    thread.switch()
    print("T %d" % thread.ptid[1])
    frame = gdb.newest_frame()
    count = 0
    while frame is not None and count < 80:
        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
            sp = int(frame.read_register("rsp")) & 0xFFFFFFFFFFFFFFFF
            print("F %x %x %s" % (frame.pc(), sp, frame.name()))
            count += 1
        try:
            frame = frame.older()
        except gdb.error:
            break
