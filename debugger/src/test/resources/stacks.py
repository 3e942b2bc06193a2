# Prints what gdb sees: T|tid, F|level|pc|function|line|inlined|tail call, V|A or L|name|value
import gdb

def variables(frame):
    try:
        block = frame.block()
    except RuntimeError:
        return
    while block is not None:
        for symbol in block:
            if not (symbol.is_argument or symbol.is_variable or symbol.is_constant) or symbol.type is None:
                continue
            kind = "A" if symbol.is_argument else "L"
            try:
                text = symbol.value(frame).format_string(symbols=False, max_elements=8)
            except (gdb.error, gdb.MemoryError) as e:
                text = "<error: " + str(e) + ">"
            print("V|%s|%s|%s" % (kind, symbol.name, text.replace("\n", " ")))
        if block.function is not None:
            return
        block = block.superblock

for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.ptid[1]):
    thread.switch()
    print("T|%d" % thread.ptid[1])
    frame = gdb.newest_frame()
    level = 0
    while frame is not None:
        name = "<signal handler called>" if frame.type() == gdb.SIGTRAMP_FRAME else frame.name()
        line = frame.find_sal().line if frame.find_sal().symtab else 0
        inlined = 1 if frame.type() == gdb.INLINE_FRAME else 0
        tail = 1 if frame.type() == gdb.TAILCALL_FRAME else 0
        print("F|%d|0x%x|%s|%d|%d|%d" % (level, frame.pc(), name, line, inlined, tail))
        variables(frame)
        frame = frame.older()
        level += 1
