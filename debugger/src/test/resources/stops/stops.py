# Stops a program at random instructions of one source file, and writes down for each stop the registers, the memory and
# what gdb says of every variable of every frame: S, R|name|hex, M|address|hex, F|pc|kind|function, V|name|line|path|value
import os, random, struct
import gdb

OUT = open(os.environ['STOPS_OUT'], 'w')
COUNT = int(os.environ['STOPS_COUNT'])
SOURCE = os.environ['STOPS_SOURCE']
rng = random.Random(int(os.environ['STOPS_SEED']))

REGISTERS = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14',
             'r15', 'rip', 'fs_base']

def functions():
    seen = {}
    symtab = gdb.lookup_global_symbol('main').symtab
    for block in (symtab.global_block(), symtab.static_block()):
        for symbol in block:
            if symbol.is_function and symbol.symtab.filename.endswith(SOURCE):
                code = gdb.block_for_pc(int(symbol.value().address))
                while code is not None and (code.function is None or code.superblock.function is not None):
                    code = code.superblock
                if code is not None: seen[code.start] = code.end
    return seen

def instructions():
    architecture = gdb.newest_frame().architecture()
    found = []
    for start, end in sorted(functions().items()):
        found += [i['addr'] for i in architecture.disassemble(start, end - 1)]
    return found

def leaves(value, path, depth=0):
    kind = value.type.strip_typedefs()
    code = kind.code
    try:
        if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            if depth > 4: return
            for field in kind.fields():
                if not hasattr(field, 'bitpos') or field.artificial: continue
                name = '<%s>' % field.name.split('::')[-1] if field.is_base_class else (field.name or '')
                yield from leaves(value[field], path + '.' + name, depth + 1)
        elif code == gdb.TYPE_CODE_ARRAY:
            low, high = kind.range()
            for i in range(low, min(high, low + 5) + 1):
                yield from leaves(value[i], '%s[%d]' % (path, i), depth + 1)
        else:
            yield path, scalar(value, kind, code)
    except (gdb.error, gdb.MemoryError, OverflowError, ValueError) as e:
        yield path, 'E ' + str(e).replace('\n', ' ')

def scalar(value, kind, code):
    if value.is_optimized_out: return '?'
    try:
        if code == gdb.TYPE_CODE_FLT: return 'f' + struct.pack('>d', float(value)).hex()
        if code == gdb.TYPE_CODE_COMPLEX:
            gdb.set_convenience_variable('z', value)
            parts = [struct.pack('>d', float(gdb.parse_and_eval('$_c%s($z)' % p))).hex() for p in ('real', 'imag')]
            return 'c' + ','.join(parts)
        if code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF): return 'i%x' % int(value.referenced_value().address)
        if code in (gdb.TYPE_CODE_MEMBERPTR, gdb.TYPE_CODE_METHODPTR): return 'skip'
        return 'i%x' % (int(value) & ((1 << 8 * kind.sizeof) - 1))
    except (gdb.error, gdb.MemoryError, OverflowError, ValueError) as e:
        text = str(e)
        if 'optimized out' in text: return '?'
        if 'synthetic' in text or 'implicit pointer' in text: return 'synthetic'
        return 'E ' + text.replace('\n', ' ')

def variables(frame):
    try: block = frame.block()
    except RuntimeError: return
    while block is not None:
        for symbol in block:
            if not (symbol.is_argument or symbol.is_variable) or symbol.type is None: continue
            try: value = symbol.value(frame) if symbol.needs_frame else symbol.value()
            except (gdb.error, gdb.MemoryError) as e:
                OUT.write('V|%s|%d||E %s\n' % (symbol.name, symbol.line, str(e).replace('\n', ' ')))
                continue
            for path, text in leaves(value, ''):
                OUT.write('V|%s|%d|%s|%s\n' % (symbol.name, symbol.line, path, text))
        if block.function is not None: return
        block = block.superblock

def memory(low, high):
    try: OUT.write('M|%x|%s\n' % (low, gdb.selected_inferior().read_memory(low, high - low).tobytes().hex()))
    except gdb.MemoryError: pass

def record(data):
    frame = gdb.newest_frame()
    OUT.write('S\n')
    for name in REGISTERS:
        OUT.write('R|%s|%x\n' % (name, int(frame.read_register(name)) & (1 << 64) - 1))
    for i in range(16):
        halves = frame.read_register('xmm%d' % i)['v2_int64']
        OUT.write('R|xmm%d|%016x%016x\n' % ((i,) + tuple(int(halves[h]) & (1 << 64) - 1 for h in (1, 0))))
    sp = int(frame.read_register('rsp'))
    at = sp & -4096
    while at < (sp & -4096) + 0x40000:
        try: gdb.selected_inferior().read_memory(at, 4096)
        except gdb.MemoryError: break
        at += 4096
    memory(sp - 4096, at)
    for low, high in data: memory(low, high)
    while frame is not None:
        kind = {gdb.INLINE_FRAME: 'inline', gdb.TAILCALL_FRAME: 'tail'}.get(frame.type(), 'normal')
        OUT.write('F|%x|%s|%s\n' % (frame.pc(), kind, frame.name()))
        frame.select()  # lengths of arrays in arrays are computed in the frame that is selected
        symtab = frame.find_sal().symtab
        if symtab is not None and symtab.filename.endswith(SOURCE): variables(frame)
        frame = frame.older()

def writable():
    found = []
    for line in gdb.execute('maintenance info sections', to_string=True).splitlines():
        part = line.replace('->', ' ').split()
        if 'ALLOC' in line and 'READONLY' not in line and part[1].startswith('0x'):
            found.append((int(part[1], 16), int(part[2], 16)))
    return found

for setting in ('pagination off', 'confirm off', 'print entry-values no', 'backtrace past-main off', 'width 0'):
    gdb.execute('set ' + setting)
gdb.execute('break main', to_string=True)
gdb.execute('run', to_string=True)
gdb.execute('delete', to_string=True)
places = instructions()
sections = writable()
points = {}
for address in sorted(rng.sample(places, min(COUNT, len(places)))):
    points[address] = gdb.Breakpoint('*0x%x' % address, internal=True)
    points[address].ignore_count = rng.choice((0, 0, 1, 2, 5))
thread = int(gdb.newest_frame().read_register('fs_base')) & (1 << 64) - 1
while True:
    gdb.execute('continue', to_string=True)
    if not gdb.selected_inferior().pid: break
    record(sections + [(thread - 512, thread + 1024)])
    point = points.pop(gdb.newest_frame().pc(), None)
    if point is not None and point.is_valid(): point.delete()
OUT.close()
