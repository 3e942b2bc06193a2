# Prints the variables of every frame of the current thread: "F function", then "V name value" with integers and
# pointers in hex, floats as Python prints them, "-" for what is not there; variables of other types are left out.
import gdb

INTEGERS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_BOOL, gdb.TYPE_CODE_ENUM)
frame = gdb.newest_frame()
while frame is not None and frame.function() is not None:
    print("F %s" % frame.function().name)
    seen = set()
    block = frame.block()
    while block is not None:
        for symbol in block:
            known = symbol.is_variable or symbol.is_argument or symbol.is_constant
            if not known or symbol.name in seen:
                continue
            seen.add(symbol.name)
            kind = symbol.type.strip_typedefs()
            if kind.code not in INTEGERS and kind.code != gdb.TYPE_CODE_FLT:
                continue
            try:
                value = symbol.value(frame)
                if value.is_optimized_out:
                    print("V %s -" % symbol.name)
                elif kind.code == gdb.TYPE_CODE_FLT:
                    print("V %s %r" % (symbol.name, float(value)))
                else:
                    print("V %s %x" % (symbol.name, int(value) & ((1 << 8 * kind.sizeof) - 1)))
            except gdb.error:
                print("V %s -" % symbol.name)
        if block.function is not None:
            break
        block = block.superblock
    frame = frame.older()
