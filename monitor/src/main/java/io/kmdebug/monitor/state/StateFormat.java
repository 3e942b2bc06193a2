package io.kmdebug.monitor.state;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.loader.LoadedImage;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.memory.MappedFile;
import io.kmdebug.monitor.memory.Region;
import io.kmdebug.monitor.signal.AlternateStack;
import io.kmdebug.monitor.signal.SignalAction;
import org.jspecify.annotations.Nullable;

/**
 * The serial form of a {@link ProcessState}: the magic "KMDS", a version, then the records' fields in their order,
 * big-endian. A reader takes its own version only: states live as long as the monitor that wrote them, or in a snapshot,
 * whose reader says what it cannot read.
 */
public final class StateFormat {
    private static final int MAGIC = 0x4b4d4453;
    /** Raised with every change of the records. */
    public static final int VERSION = 3;

    private StateFormat() {}

    public static byte[] write(ProcessState state) {
        StateOutput out = new StateOutput();
        out.u4(MAGIC).u4(VERSION).u4(state.pid());
        writeProgram(out, state.program());
        out.list(state.arguments(), StateOutput::text).list(state.environment(), StateOutput::text);
        out.u8(state.vdso()).bytes(state.vdsoDigest()).u8(state.restorer());
        MemoryState memory = state.memory();
        out.u8(memory.heapStart()).u8(memory.heapEnd()).u8(memory.mappingTop());
        out.list(memory.regions(), StateFormat::writeRegion).flag(memory.futureLocked());
        out.list(state.threads(), StateFormat::writeThread);
        out.list(state.signals().actions(), StateFormat::writeAction);
        out.list(state.signals().pending(), (o, info) -> o.bytes(info.raw()));
        TimersState timers = state.timers();
        out.list(timers.intervals(), StateFormat::writeInterval);
        out.list(timers.posix(), StateFormat::writePosixTimer).u4(timers.nextId());
        out.longs(state.limits().soft()).longs(state.limits().hard());
        ControlState controls = state.controls();
        StandingFormat.write(out, controls);
        out.text(state.directory()).u4(state.fileMask());
        DescriptorsFormat.write(out, state.descriptors());
        return out.toByteArray();
    }

    /** @throws CorruptState when it is no state, of another version, or cut */
    public static ProcessState read(byte[] bytes) throws CorruptState {
        StateInput in = new StateInput(bytes);
        int magic = in.u4("magic");
        if (magic != MAGIC) throw in.wrong("the magic", magic, Integer.toString(MAGIC));
        int version = in.u4("version");
        if (version != VERSION) {
            throw new CorruptState("another version of km wrote the state: found " + version + ", expected " + VERSION);
        }
        int pid = in.u4("pid");
        LoadedProgram program = readProgram(in);
        ProcessState state = new ProcessState(
                pid,
                program,
                in.list("argument", i -> i.text("argument")),
                in.list("environment", i -> i.text("environment")),
                in.u8("vdso"),
                in.bytes("vdso digest"),
                in.u8("restorer"),
                new MemoryState(
                        in.u8("heap start"),
                        in.u8("heap end"),
                        in.u8("mapping top"),
                        in.list("region", StateFormat::readRegion),
                        in.flag("future locked")),
                in.list("thread", StateFormat::readThread),
                new SignalState(readActions(in), in.list("pending signal", StateFormat::readSignalInfo)),
                new TimersState(
                        in.list("interval timer", StateFormat::readInterval),
                        in.list("timer", StateFormat::readPosixTimer),
                        in.u4("next timer")),
                new LimitsState(in.longs("soft limits", LimitsState.COUNT), in.longs("hard limits", LimitsState.COUNT)),
                StandingFormat.readControls(in),
                in.text("working directory"),
                in.u4("umask"),
                DescriptorsFormat.read(in));
        if (!in.atEnd()) throw in.wrong("more bytes behind its end", bytes.length - in.offset(), "none");
        if (state.threads().isEmpty()) throw in.wrong("number of threads", 0, "one or more");
        return state;
    }

    private static void writeProgram(StateOutput out, LoadedProgram program) {
        LoadedImage image = program.image();
        out.text(program.path()).u8(image.bias()).u8(image.entry()).u8(image.programHeaders());
        out.u4(image.programHeaderCount()).u8(image.end());
        out.u8(program.interpreterBase()).u8(program.entry()).u8(program.stackPointer());
        out.bytes(program.auxiliaryVector());
    }

    private static LoadedProgram readProgram(StateInput in) throws CorruptState {
        return new LoadedProgram(
                in.text("program"),
                new LoadedImage(
                        in.u8("bias"),
                        in.u8("entry"),
                        in.u8("program headers"),
                        in.u4("program header count"),
                        in.u8("image end")),
                in.u8("interpreter base"),
                in.u8("start"),
                in.u8("stack pointer"),
                in.bytes("auxiliary vector"));
    }

    private static void writeRegion(StateOutput out, Region region) {
        out.u8(region.start()).u8(region.end()).u4(region.protection()).flag(region.shared());
        MappedFile backing = region.backing();
        out.optionalText(backing == null ? null : backing.path());
        if (backing != null) {
            out.u4(backing.accessMode())
                    .flag(backing.isAnonymous())
                    .u8(backing.device())
                    .u8(backing.inode());
        }
        out.u8(region.offset()).text(region.name()).u4(region.flags());
    }

    private static Region readRegion(StateInput in) throws CorruptState {
        Region region = new Region(
                in.u8("region start"),
                in.u8("region end"),
                in.u4("region protection"),
                in.flag("region shared"),
                readBacking(in),
                in.u8("region offset"),
                in.text("region name"),
                in.u4("region flags"));
        boolean pages = ((region.start() | region.end()) & 4095) == 0 && region.start() >= 0;
        if (!pages || region.end() <= region.start()) throw in.wrong("region start", region.start(), "whole pages");
        return region;
    }

    private static @Nullable MappedFile readBacking(StateInput in) throws CorruptState {
        String path = in.optionalText("region file");
        if (path == null) return null;
        return MappedFile.restored(
                path,
                in.u4("file access mode"),
                in.flag("region anonymous"),
                in.u8("file device"),
                in.u8("file inode"));
    }

    private static void writeThread(StateOutput out, ThreadState thread) {
        out.u4(thread.tid()).longs(thread.general()).u8(thread.fsBase()).u8(thread.gsBase());
        out.u8(thread.originalRax()).u4(thread.callBytes());
        out.u8(thread.continuedAt()).u8(thread.continuedStack()).flag(thread.callInterrupted());
        RestartState restart = thread.restart();
        out.u4(restart.number()).longs(restart.arguments()).u8(restart.remaining());
        out.bytes(thread.xsave());
        ThreadSignalState signals = thread.signals();
        out.u8(signals.blocked()).flag(signals.restoresMask()).u8(signals.maskToRestore());
        AlternateStack stack = signals.alternate();
        out.u8(stack.address()).u4(stack.flags()).u8(stack.size());
        out.list(signals.pending(), (o, info) -> o.bytes(info.raw()));
        out.u4(signals.trap()).u8(signals.errorCode()).u8(signals.cr2());
        out.u8(thread.clearChildTid())
                .u8(thread.robustList())
                .text(thread.name())
                .bytes(thread.affinity());
        StandingFormat.write(out, thread.standing());
    }

    private static ThreadState readThread(StateInput in) throws CorruptState {
        return new ThreadState(
                in.u4("tid"),
                in.longs("general registers", ThreadState.GENERAL_REGISTERS),
                in.u8("fs base"),
                in.u8("gs base"),
                in.u8("call number"),
                in.u4("call bytes"),
                in.u8("continued at"),
                in.u8("continued stack"),
                in.flag("call interrupted"),
                new RestartState(in.u4("restart number"), in.longs("restart arguments", 6), in.u8("restart time")),
                in.bytes("extended state"),
                new ThreadSignalState(
                        in.u8("signal mask"),
                        in.flag("restores mask"),
                        in.u8("mask to restore"),
                        new AlternateStack(
                                in.u8("alternate stack"),
                                in.u4("alternate stack flags"),
                                in.u8("alternate stack size")),
                        in.list("pending signal", StateFormat::readSignalInfo),
                        in.u4("trap"),
                        in.u8("error code"),
                        in.u8("cr2")),
                in.u8("clear_child_tid"),
                in.u8("robust list"),
                in.text("thread name"),
                in.bytes("affinity"),
                StandingFormat.read(in));
    }

    private static SignalInfo readSignalInfo(StateInput in) throws CorruptState {
        byte[] raw = in.bytes("siginfo");
        if (raw.length != SignalInfo.BYTES) throw in.wrong("siginfo length", raw.length, "128");
        SignalInfo info = new SignalInfo(raw);
        int signal = info.signal();
        if (signal < 1 || signal > SignalState.SIGNALS) throw in.wrong("signal", signal, "1 to 64");
        return info;
    }

    private static void writeAction(StateOutput out, SignalAction action) {
        out.u8(action.handler()).u8(action.flags()).u8(action.restorer()).u8(action.mask());
    }

    private static java.util.List<SignalAction> readActions(StateInput in) throws CorruptState {
        var actions = in.list(
                "signal action",
                i -> new SignalAction(i.u8("handler"), i.u8("flags"), i.u8("restorer"), i.u8("action mask")));
        if (actions.size() != SignalState.SIGNALS) throw in.wrong("number of actions", actions.size(), "64");
        return actions;
    }

    private static void writeInterval(StateOutput out, TimersState.Interval timer) {
        out.u8(timer.left()).u8(timer.interval());
    }

    private static TimersState.Interval readInterval(StateInput in) throws CorruptState {
        return new TimersState.Interval(in.u8("time left"), in.u8("interval"));
    }

    private static void writePosixTimer(StateOutput out, TimersState.Posix timer) {
        out.u4(timer.id()).u4(timer.clock()).u4(timer.notification()).u4(timer.signal());
        out.u8(timer.value()).u4(timer.tid());
        writeInterval(out, timer.time());
    }

    private static TimersState.Posix readPosixTimer(StateInput in) throws CorruptState {
        return new TimersState.Posix(
                in.u4("timer id"),
                in.u4("clock"),
                in.u4("notify"),
                in.u4("timer signal"),
                in.u8("timer value"),
                in.u4("timer tid"),
                readInterval(in));
    }
}
