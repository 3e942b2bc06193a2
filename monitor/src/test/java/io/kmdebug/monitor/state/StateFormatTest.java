package io.kmdebug.monitor.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kmdebug.machine.SignalInfo;
import io.kmdebug.monitor.loader.LoadedImage;
import io.kmdebug.monitor.loader.LoadedProgram;
import io.kmdebug.monitor.signal.AlternateStack;
import io.kmdebug.monitor.signal.SignalAction;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StateFormatTest {
    @Test
    void whatWasWrittenIsRead() throws CorruptState {
        assertThat(StateFormat.read(StateFormat.write(state())))
                .usingRecursiveComparison()
                .isEqualTo(state());
    }

    @Test
    void aCutStateNamesTheFieldAndTheOffset() {
        byte[] whole = StateFormat.write(state());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> StateFormat.read(cut))
                    .isInstanceOf(CorruptState.class)
                    .hasMessageContaining("offset 0x");
        }
    }

    @Test
    void anotherVersionIsRefused() {
        int version = StateFormat.VERSION;
        for (int other : List.of(version - 1, version + 1)) {
            byte[] theirs = StateFormat.write(state());
            theirs[7] = (byte) other;
            assertThatThrownBy(() -> StateFormat.read(theirs))
                    .isInstanceOf(CorruptState.class)
                    .hasMessage("another version of km wrote the state: found %d, expected %d", other, version);
        }
    }

    /** Whoever changes a record raises the version and puts the new pair here. */
    @Test
    void aRecordThatGrowsRaisesTheVersion() {
        StringBuilder shape = new StringBuilder();
        describe(ProcessState.class, shape, new HashSet<>());
        assertThat(StateFormat.VERSION + " "
                        + Integer.toHexString(shape.toString().hashCode()))
                .as(shape.toString())
                .isEqualTo("3 10ccdb37");
    }

    private static void describe(Type type, StringBuilder shape, Set<Type> known) {
        if (type instanceof ParameterizedType generic) describe(generic.getActualTypeArguments()[0], shape, known);
        if (!(type instanceof Class<?> kind) || !known.add(kind)) return;
        if (kind.isSealed()) for (Class<?> one : kind.getPermittedSubclasses()) describe(one, shape, known);
        if (kind.isEnum()) shape.append(Arrays.toString(kind.getEnumConstants()));
        if (!kind.isRecord()) return;
        shape.append(kind.getSimpleName()).append('(');
        for (RecordComponent field : kind.getRecordComponents()) {
            shape.append(field.getGenericType().getTypeName())
                    .append(' ')
                    .append(field.getName())
                    .append(',');
        }
        shape.append(")\n");
        for (RecordComponent field : kind.getRecordComponents()) describe(field.getGenericType(), shape, known);
    }

    @Test
    void anotherFileIsRefused() {
        assertThatThrownBy(() -> StateFormat.read("#!/bin/sh\necho".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasMessageContaining("magic");
    }

    @Test
    void damagedBytesNeverThrowAnythingElse() {
        byte[] whole = StateFormat.write(state());
        for (int i = 8; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) 0x81;
            try {
                StateFormat.read(damaged);
            } catch (CorruptState expected) {
                assertThat(expected).hasMessageContaining("state");
            }
        }
    }

    @Test
    void aRenamedProcessHasARenamedFirstThread() {
        ProcessState renamed = state().withPid(777);
        assertThat(renamed.pid()).isEqualTo(777);
        assertThat(renamed.threads()).extracting(ThreadState::tid).containsExactly(777, 4243);
    }

    static ProcessState state() {
        LoadedProgram program = new LoadedProgram(
                "/bin/prog", new LoadedImage(0x1000, 0x1234, 0x1040, 9, 0x9000), 0x7000, 0x7abc, 0x7fff0, new byte[32]);
        return new ProcessState(
                4242,
                program,
                List.of("prog", "\u00e4\u00ff"),
                List.of("A=b"),
                0x7ffd0000L,
                new byte[] {1, 2},
                0x7ffe0040L,
                new MemoryState(0x9000, 0xa123, 0x1ff0000000L, List.of(), true),
                List.of(thread(4242), thread(4243)),
                new SignalState(
                        Collections.nCopies(64, new SignalAction(1, 2, 3, 4)),
                        List.of(SignalInfo.sent(10, SignalInfo.SI_USER, 5, 6))),
                new TimersState(
                        Collections.nCopies(3, new TimersState.Interval(5, 7)),
                        List.of(new TimersState.Posix(3, 1, 4, 34, 99, 4243, new TimersState.Interval(1, 0))),
                        4),
                new LimitsState(
                        LongStream.range(0, 16).toArray(),
                        LongStream.range(16, 32).toArray()),
                new ControlState(9, 0, 1, 0x40000, 1, 1 << 4, "321", 0x13),
                "/tmp",
                027,
                new DescriptorsState(
                        List.of(new DescriptorsState.Slot(0, 0, false, 0), new DescriptorsState.Slot(7, 66, true, 1)),
                        List.of(
                                new OpenFileState("OTHER", null, 0, 1, false, 0)
                                        .with(new FileDetails.Event(2, 5, true), locks(), SignalOwner.NONE),
                                new OpenFileState("SOCKET", "/proc/self", 3, -1, true, 8)
                                        .with(
                                                socket(),
                                                List.of(),
                                                new SignalOwner(SignalOwner.Who.PROCESS_GROUP, 10)))));
    }

    private static List<FileLock> locks() {
        return List.of(
                new FileLock(FileLock.Kind.WHOLE, true, 0, FileLock.TO_END),
                new FileLock(FileLock.Kind.POSIX, false, 10, 19));
    }

    private static FileDetails socket() {
        return new FileDetails.Socket(
                2,
                10,
                1,
                6,
                FileDetails.SocketState.LISTENING,
                128,
                new byte[28],
                new byte[0],
                0,
                List.of(new byte[] {1}, new byte[0]),
                List.of(new FileDetails.SocketOption(1, 2, new byte[] {1, 0, 0, 0})));
    }

    private static ThreadState thread(int tid) {
        return new ThreadState(
                tid,
                LongStream.range(100, 118).toArray(),
                1,
                2,
                202,
                2,
                0x400000,
                0x7ff0,
                true,
                new RestartState(230, new long[] {1, 2, 3, 4, 5, 6}, 5_000_000_000L),
                new byte[832],
                new ThreadSignalState(
                        8,
                        true,
                        16,
                        new AlternateStack(0x5000, 0, 8192),
                        List.of(SignalInfo.fault(11, SignalInfo.SEGV_MAPERR, 0xdead)),
                        14,
                        6,
                        0xdead),
                0x111,
                0x222,
                "worker",
                new byte[] {3},
                standing());
    }

    private static Standing standing() {
        Rights rights = new Rights(
                List.of(1, 2, 3, 4), List.of(5, 6, 7, 8), List.of(9, 10), List.of(1L, 2L, 3L, 4L, -5L), true, 0x10);
        return new Standing(new byte[Standing.SCHEDULING_BYTES], 0x6003, 50_000, rights);
    }
}
