package io.kmdebug.debugger;

import io.kmdebug.debugger.engine.SessionOpening;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One debug session: a payload in a monitor, a stub, or a core. Methods may be called from any thread; they run one
 * after another on the session's owner thread, and return when done; {@link #pause} and {@link #close} reach it from
 * outside at any time. Anything that fails is a {@link DebuggerException} with a message for the user.
 */
public interface Session extends AutoCloseable {
    /** Starts km with the payload held at its first instruction. Breakpoints can be set; {@link #start} lets it go. */
    static Session launch(LaunchOptions options, SessionListener listener) {
        return launch(options, listener, null);
    }

    /** @param packets a file that every packet to and from the stub is appended to; null for none */
    static Session launch(LaunchOptions options, SessionListener listener, @Nullable Path packets) {
        return SessionOpening.launch(options, listener, packets);
    }

    /** Connects to a stub; the payload is stopped. Nothing resumes it but a request. */
    static Session attach(AttachOptions options, SessionListener listener) {
        return attach(options, listener, null);
    }

    /** @param packets a file that every packet to and from the stub is appended to; null for none */
    static Session attach(AttachOptions options, SessionListener listener, @Nullable Path packets) {
        return SessionOpening.attach(options, listener, packets);
    }

    /** Opens a core. Everything that would run it fails with a message that says it is post-mortem. */
    static Session openCore(CoreOptions options, SessionListener listener) {
        return SessionOpening.openCore(options, listener);
    }

    /**
     * The client has configured its breakpoints: lets a launched payload go (or reports the entry stop), reports the
     * present stop for attach and cores.
     */
    void start();

    /** Whether this is post-mortem. */
    boolean isCore();

    boolean isStopped();

    /** Replaces all breakpoints of one source file. */
    List<BreakpointStatus> setSourceBreakpoints(String path, List<BreakpointRequest> requests);

    /** Replaces all function breakpoints. */
    List<BreakpointStatus> setFunctionBreakpoints(List<BreakpointRequest> requests);

    void setSignalPolicy(SignalPolicy policy);

    List<ThreadInfo> threads();

    /**
     * Frames of a stopped thread, innermost first.
     *
     * @param levels how many frames; 0 for all
     * @param withArguments whether to fill {@link FrameInfo#arguments}
     */
    StackPage stack(long threadId, int startFrame, int levels, boolean withArguments);

    List<ScopeInfo> scopes(int frameId);

    /**
     * Children of a scope or variable.
     *
     * @param count 0 for all
     * @param hex whether integers are shown in hexadecimal, in this answer only
     */
    List<VariableInfo> variables(int reference, int start, int count, boolean hex);

    /**
     * The value of a C expression.
     *
     * @param frameId 0 for no frame: globals and registers of the stopped thread only
     */
    VariableInfo evaluate(String expression, int frameId, EvaluationContext context, boolean hex);

    /** Sets a child of {@code reference}; the answer is its value read back. */
    VariableInfo setVariable(int reference, String name, String expression);

    void resume(long threadId);

    void step(long threadId, StepKind kind);

    /** Stops the payload wherever it is. Does nothing when it stands. */
    void pause();

    Optional<StopReason> stopReason();

    /** A file's text from disk or the debug information. */
    String source(String path);

    MemoryBlock readMemory(long address, int count);

    /** Writes to the payload's memory and returns how many bytes were written. */
    int writeMemory(long address, byte[] data);

    /** Instructions around {@code address}; {@code instructionOffset} may be negative. */
    List<InstructionInfo> disassemble(long address, int instructionOffset, int count);

    List<ModuleInfo> modules();

    /** The address space of a core, by address; empty for a live payload. */
    List<MemoryRegion> memoryMap();

    /**
     * The program's descriptors, by number.
     *
     * @throws DebuggerException when they are not known: only some cores have them
     */
    List<OpenFile> openFiles();

    /**
     * Explains the present stop.
     *
     * @param frameLimit frames for each thread
     */
    CrashReport report(int frameLimit);

    /**
     * What the present stop means, in one line: {@link CrashAnalysis#summary}. Where the program failed by itself the
     * other threads are not looked at, nor what they wait for.
     */
    String explanation();

    /**
     * Writes a core of the payload, which goes on as it was. A monitor writes it itself; of what any other stub holds the
     * debugger does.
     *
     * @param path of the file, which is replaced; null: where the monitor writes cores, else {@code core.PID}
     */
    SavedCore saveCore(@Nullable Path path);

    /** What tells the present stop from others, at less cost than {@link #report}. */
    CrashDigest digest();

    /** Leaves the payload running where that is possible. */
    void disconnect();

    /** Ends the payload (closes a core). */
    void terminate();

    /** Ends everything this session started; safe in any state, at any time. */
    @Override
    void close();
}
