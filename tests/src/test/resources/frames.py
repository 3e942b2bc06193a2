# Run by gdb: prints what gdb sees of every thread as one JSON line behind "FRAMES ": frames with arguments and locals.
import gdb
import json

LIMIT = 20


def text(value):
    try:
        return value.format_string()
    except gdb.error as e:
        return "<error: %s>" % e


def variables(frame, arguments):
    found = {}
    try:
        block = frame.block()
    except RuntimeError:
        return found
    while block:
        for symbol in block:
            if symbol.is_argument == arguments and (symbol.is_variable or symbol.is_argument) and symbol.name not in found:
                try:
                    found[symbol.name] = text(frame.read_var(symbol, block))
                except (gdb.error, ValueError) as e:
                    found[symbol.name] = "<error: %s>" % e
        if block.function:
            break
        block = block.superblock
    return found


threads = []
for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.ptid[1]):
    thread.switch()
    frames = []
    frame = gdb.newest_frame()
    while frame and len(frames) < LIMIT:
        line = frame.find_sal()
        frames.append(
            {
                "function": frame.name(),
                "line": line.line if line.symtab else 0,
                "arguments": variables(frame, True),
                "locals": variables(frame, False),
            }
        )
        try:
            frame = frame.older()
        except gdb.error:
            break
    threads.append({"tid": thread.ptid[1], "frames": frames})
print("FRAMES " + json.dumps(threads))
