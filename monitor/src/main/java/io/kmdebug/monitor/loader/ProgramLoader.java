package io.kmdebug.monitor.loader;

import io.kmdebug.machine.ElfFile;
import io.kmdebug.machine.ElfSegment;
import io.kmdebug.monitor.Trace;
import io.kmdebug.monitor.memory.AddressSpace;
import io.kmdebug.monitor.platform.GuestLayout;
import io.kmdebug.monitor.platform.Platform;
import io.kmdebug.monitor.syscall.GuestMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a program, its interpreter if it names one, and its initial stack. */
public final class ProgramLoader {
    /** Where position-independent programs lie: always the same, so that sessions can be compared. */
    private static final long PROGRAM_BASE = 0x1555_5555_4000L;

    private static final long STACK_TOP = GuestLayout.PAYLOAD_END - 4096;
    /** The stack grows on touch, up to the limit. */
    private static final long FIRST_STACK = 132L << 10;

    private static final int READ_WRITE = Platform.READ | Platform.WRITE;
    /** MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN. */
    private static final int PRIVATE_FIXED_GROWING = 0x132;

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Platform platform;

    public ProgramLoader(AddressSpace space, GuestMemory memory, Platform platform) {
        this.space = space;
        this.memory = memory;
        this.platform = platform;
    }

    /**
     * Maps a program, its interpreter and its stack into the empty address space.
     *
     * @param environment "NAME=value"; ISO-8859-1
     * @throws LoadFailure when a file cannot be read or mapped
     * @throws io.kmdebug.machine.CorruptFileException when a file is not a program for x86-64
     */
    public LoadedProgram load(ProgramFile file, List<String> environment) {
        return load(examine(file, false), environment);
    }

    /**
     * What can be told without touching the address space: execve(2)'s errors before its point of no return.
     *
     * @param mustBeExecutable whether permission to execute the interpreter is asked for
     * @throws LoadFailure when the file or its interpreter cannot be read
     * @throws io.kmdebug.machine.CorruptFileException when one of them is not a program for x86-64
     */
    public static ExaminedProgram examine(ProgramFile file, boolean mustBeExecutable) {
        ElfFile elf = file.elf();
        ImageLoader.check(elf);
        String wanted = interpreter(elf);
        if (wanted == null) return new ExaminedProgram(file, elf, null, null);
        ProgramFile interpreter = ProgramFile.interpreter(file.name(), wanted, mustBeExecutable);
        ElfFile interpreterElf = interpreter.elf();
        ImageLoader.check(interpreterElf);
        return new ExaminedProgram(file, elf, interpreter, interpreterElf);
    }

    /** Like {@link #load(ProgramFile, List)}; closes the files. */
    public LoadedProgram load(ExaminedProgram examined, List<String> environment) {
        try (examined) {
            return map(examined, environment);
        }
    }

    private LoadedProgram map(ExaminedProgram examined, List<String> environment) {
        ProgramFile file = examined.file();
        if (Trace.on(Trace.ARGS)) {
            for (String argument : file.arguments()) Trace.line(Trace.ARGS, "argument ".concat(argument));
            for (String variable : environment) Trace.line(Trace.ARGS, "environment ".concat(variable));
        }
        InitialStack.checkSize(file.arguments(), environment, InitialStack.stackLimit());
        ImageLoader images = new ImageLoader(space);
        LoadedImage program = images.load(examined.elf(), file, PROGRAM_BASE);
        space.heapStart(program.end());
        LoadedImage interpreter = null;
        ProgramFile interpreterFile = examined.interpreter();
        ElfFile interpreterElf = examined.interpreterElf();
        if (interpreterFile != null && interpreterElf != null) {
            interpreter = images.load(interpreterElf, interpreterFile, 0);
        }
        int protection = executableStack(examined.elf()) ? READ_WRITE | Platform.EXECUTE : READ_WRITE;
        long low = STACK_TOP - FIRST_STACK;
        long mapped = space.map(low, FIRST_STACK, protection, PRIVATE_FIXED_GROWING, null, 0, "[stack]");
        if (mapped < 0) throw new LoadFailure(file.path() + ": no room for the stack");
        InitialStack stack = new InitialStack(memory, STACK_TOP);
        long base = interpreter != null ? interpreter.bias() : 0;
        long pointer = stack.build(program, base, platform.vdso(), file.name(), file.arguments(), environment);
        long entry = interpreter != null ? interpreter.entry() : program.entry();
        return new LoadedProgram(file.path(), program, base, entry, pointer, stack.auxiliaryVector());
    }

    private static @Nullable String interpreter(ElfFile elf) {
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() == ElfSegment.PT_INTERP)
                return elf.content(segment).string(0);
        }
        return null;
    }

    private static boolean executableStack(ElfFile elf) {
        for (ElfSegment segment : elf.segments()) {
            if (segment.type() == ElfSegment.PT_GNU_STACK) return (segment.flags() & ElfSegment.PF_X) != 0;
        }
        return false;
    }
}
