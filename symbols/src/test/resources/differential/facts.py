# What gdb knows of each address of PCS: P with the symbol, then its line (L), then from the innermost function outwards the variables
# of its blocks (V) and the function itself (S).
import gdb


def field(value):
    return str(value).replace("\t", " ").replace("\n", " ")


def size(type):
    try:
        return type.sizeof
    except gdb.error:
        return -1


def fields(type):
    type = type.strip_typedefs()
    if type.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return "-"
    try:
        return ",".join(
            "%s:%s:%d" % ("<base>" if f.is_base_class else f.name, f.bitpos, f.bitsize)
            for f in type.fields()
            if hasattr(f, "bitpos")
        )
    except gdb.error:
        return "-"


def say(*values):
    print("\t".join(field(value) for value in values))


def variables(block):
    for symbol in block:
        constant = symbol.addr_class in (gdb.SYMBOL_LOC_CONST, gdb.SYMBOL_LOC_CONST_BYTES)
        enumerator = symbol.addr_class == gdb.SYMBOL_LOC_CONST and symbol.line == 0
        label = str(symbol.type) == "__CORE_ADDR"
        if enumerator or label or not (symbol.is_variable or symbol.is_argument or constant):
            continue
        kind = "P" if symbol.is_argument else "L"
        say("V", symbol.name, kind, symbol.line, size(symbol.type), symbol.type, fields(symbol.type))


def outer_function(block, pc):
    """What block is inlined into; None for what only stands within another function in the source."""
    outer = block.superblock
    while outer and not outer.function:
        outer = outer.superblock
    return outer if outer and outer.start <= pc < outer.end else None


def function(block, inlined):
    symbol = block.function
    result = symbol.type.target()
    say("S", symbol.name, symbol.linkage_name, "%x" % block.start, "%x" % block.end, int(inlined), result)


def symbol_at(pc):
    text = gdb.execute("info symbol 0x%x" % pc, False, True)
    if text.startswith("No symbol"):
        return ""
    text = text.rpartition(" in section ")[0]
    name, plus, distance = text.rpartition(" + ")
    return "%s 0x%x" % (name, pc - int(distance)) if plus else "%s 0x%x" % (text, pc)


for pc in PCS:
    say("P", "%x" % pc, symbol_at(pc))
    found = gdb.find_pc_line(pc)
    say("L", found.symtab.filename if found.symtab else "", found.line)
    try:
        block = gdb.block_for_pc(pc)
    except gdb.error:
        block = None
    while block and not block.is_static and not block.is_global:
        variables(block)
        if block.function:
            inlined = outer_function(block, pc) is not None
            function(block, inlined)
            if not inlined:
                break
        block = block.superblock
