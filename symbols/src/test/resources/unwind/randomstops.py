# Stops a program at random instructions and writes what the walk of each stop needs, and gdb's own walk.
# $seed, $stops, $most_steps, $out: convenience variables. Lines of $out.txt:
#   P begins a process; L path|start|end|offset of its maps; M address offset length: memory in $out.bin
#   S begins a stop; R name value ...; M as above; F pc type sp line name: gdb's frames
import gdb, random, struct

def parameter(name):
    value = gdb.convenience_variable(name)
    return value.string() if value.type.code == gdb.TYPE_CODE_ARRAY else int(value)

rng = random.Random(parameter("seed"))
stops = parameter("stops")
most_steps = parameter("most_steps")
text = open(parameter("out") + ".txt", "w")
data = open(parameter("out") + ".bin", "wb")
REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags fs_base".split()
STACK_BYTES = 1 << 16
SLOT_BYTES = 1 << 16

def maps(pid):
    found = []
    for line in open("/proc/%d/maps" % pid):
        part = line.split(None, 5)
        start, end = (int(x, 16) for x in part[0].split("-"))
        found.append((start, end, part[1], int(part[2], 16), part[5].strip() if len(part) > 5 else ""))
    return found

def write_memory(start, length):
    try:
        content = bytes(gdb.selected_inferior().read_memory(start, length))
    except gdb.MemoryError:
        return
    text.write("M %x %d %d\n" % (start, data.tell(), length))
    data.write(content)

def read(address, form):
    return struct.unpack("<" + form, bytes(gdb.selected_inferior().read_memory(address, struct.calcsize("<" + form))))

# Where functions begin, by .eh_frame_hdr; without one: multiples of 16 that several calls of the code go to.
def functions(base, code):
    try:
        headers, count = base + read(base + 32, "Q")[0], read(base + 56, "H")[0]
        first = None
        for i in range(count):
            kind, flags, offset, address = read(headers + 56 * i, "IIQQ")
            if kind == 1 and first is None:
                first = address & ~0xfff
            if kind == 0x6474e550:
                table = base + address - first
                if read(table + 3, "B")[0] != 0x3b:
                    break
                entries = read(table + 8, "I")[0]
                values = read(table + 12, "%di" % (2 * entries))
                return [table + v for v in values[::2]]
    except gdb.MemoryError:
        pass
    called = {}
    for start, end in code:
        content = bytes(gdb.selected_inferior().read_memory(start, end - start))
        at = content.find(b"\xe8")
        while 0 <= at < len(content) - 5:
            target = start + at + 5 + struct.unpack_from("<i", content, at + 1)[0]
            if target & 15 == 0 and start <= target < end:
                called[target] = called.get(target, 0) + 1
            at = content.find(b"\xe8", at + 1)
    return sorted(t for t, n in called.items() if n > 2)

def begin():
    gdb.execute("starti", to_string=True)
    pid = gdb.selected_inferior().pid
    for line in gdb.execute("info auxv", to_string=True).splitlines():
        if "AT_ENTRY" in line and int(line.split()[-1], 16) != gdb.newest_frame().pc():
            gdb.execute("tbreak *" + line.split()[-1], to_string=True)
            gdb.execute("continue", to_string=True)
    images = {}
    text.write("P\n")
    for start, end, rights, offset, path in maps(pid):
        if path.startswith("/"):
            text.write("L %s|%x|%x|%x\n" % (path, start, end, offset))
            base, code = images.setdefault(path, (start - offset, []))
            if "x" in rights:
                code.append((start, end))
            elif code and "r" in rights:
                write_memory(start, end - start)
        elif path == "[vdso]":
            text.write("L [vdso]|%x|%x|0\n" % (start, end))
            write_memory(start, end - start)
    chosen = []
    for base, code in images.values():
        found = functions(base, code) if code else []
        chosen += rng.sample(found, min(len(found), 150))
    rng.shuffle(chosen)
    return {address: gdb.Breakpoint("*%d" % address, internal=True) for address in chosen[:250]}

def write_stop():
    pid = gdb.selected_inferior().pid
    frame = gdb.newest_frame()
    text.write("S\n")
    values = [int(frame.read_register(r)) & 0xffffffffffffffff for r in REGISTERS]
    text.write("R " + " ".join("%s %x" % each for each in zip(REGISTERS, values)) + "\n")
    sp = values[REGISTERS.index("rsp")]
    for start, end, rights, offset, path in maps(pid):
        if start <= sp < end:
            low = max(start, sp - 128)
            write_memory(low, min(end, sp + STACK_BYTES) - low)
        elif "w" in rights and path.startswith("/"):
            write_memory(start, min(end - start, SLOT_BYTES))
    level = 0
    while frame is not None and level < 100:
        place = frame.find_sal()
        name = frame.name() or "??"
        sp = int(frame.read_register("rsp")) & 0xffffffffffffffff
        text.write("F %x %d %x %d %s\n" % (frame.pc(), frame.type(), sp, place.line if place.symtab else 0, name))
        reason = frame.unwind_stop_reason()
        frame = frame.older()
        level += 1
    text.write("E %s\n" % gdb.frame_stop_reason_string(reason))

for setting in ("pagination off", "confirm off", "backtrace past-main on", "breakpoint always-inserted on",
                "debuginfod enabled off", "style enabled off"):
    gdb.execute("set " + setting, to_string=True)
gdb.execute("handle all nostop noprint pass", to_string=True)
gdb.execute("handle SIGTRAP stop nopass", to_string=True)
done = 0
runs = 0
while done < stops and runs < 20:
    planted = begin()
    runs += 1
    in_run = 0
    while done < stops and in_run < (stops + 1) // 2:
        try:
            gdb.execute("continue", to_string=True)
            if not gdb.selected_inferior().pid:
                break
            here = gdb.newest_frame().pc()
            if here in planted:
                planted.pop(here).delete()
            steps = rng.choice((0, 1, 2, 3, rng.randint(1, most_steps), rng.randint(1, most_steps)))
            if steps:
                gdb.execute("stepi %d" % steps, to_string=True)
            if not gdb.selected_inferior().pid:
                break
        except gdb.error:
            break
        write_stop()
        done += 1
        in_run += 1
    if gdb.selected_inferior().pid:
        gdb.execute("kill", to_string=True)
    for breakpoint in planted.values():
        breakpoint.delete()
text.close()
data.close()
print("%d stops in %d runs" % (done, runs))
