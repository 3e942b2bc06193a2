package io.kmdebug.debugger.engine;

import io.kmdebug.coredump.CoreFile;
import io.kmdebug.debugger.DebuggerException;
import io.kmdebug.debugger.StubPlace;
import io.kmdebug.debugger.target.BuildIdInMemory;
import io.kmdebug.debugger.target.CoreTarget;
import io.kmdebug.debugger.target.LiveTarget;
import io.kmdebug.machine.AuxVector;
import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.machine.ElfFile;
import io.kmdebug.rsp.PacketLog;
import io.kmdebug.rsp.PacketLogFile;
import io.kmdebug.rsp.RspClient;
import io.kmdebug.rsp.RspException;
import io.kmdebug.rsp.StubAddress;
import io.kmdebug.rsp.StubToken;
import io.kmdebug.symbols.FunctionScope;
import io.kmdebug.symbols.Symbols;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Opens what a request names, files and stubs, or says what is wrong with it. */
final class Opening {
    private static final Logger LOG = System.getLogger(Opening.class.getName());
    private static final long PAGE_BYTES = 4096;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private Opening() {}

    /** A program to run or to read symbols from. */
    static ElfFile program(Path path) {
        if (!Files.exists(path)) throw new DebuggerException("The program " + path + " does not exist.");
        if (Files.isDirectory(path)) throw new DebuggerException("The program " + path + " is a folder.");
        try {
            ElfFile file = ElfFile.open(path);
            if (file.type() == ElfFile.ET_CORE) {
                throw new DebuggerException(path + " is a core, not a program. Open it as a core.");
            }
            if (file.type() == ElfFile.ET_REL) {
                throw new DebuggerException(path + " is an object file that was not linked, not a program.");
            }
            return file;
        } catch (IOException e) {
            throw new DebuggerException("The program " + path + " cannot be read: " + e.getMessage(), e);
        } catch (CorruptFileException e) {
            throw new DebuggerException("This is no program for x86-64 Linux: " + e.getMessage(), e);
        }
    }

    /** A core file. */
    static CoreFile core(Path path) {
        if (!Files.exists(path)) throw new DebuggerException("The core " + path + " does not exist.");
        if (Files.isDirectory(path)) throw new DebuggerException("The core " + path + " is a folder.");
        try {
            return CoreFile.open(path);
        } catch (IOException e) {
            throw new DebuggerException("The core " + path + " cannot be read: " + e.getMessage(), e);
        } catch (CorruptFileException e) {
            throw new DebuggerException("This is no core of x86-64 Linux: " + e.getMessage(), e);
        }
    }

    /** A folder that stands for the root of the machine where the core was written; null for none. */
    static @Nullable Path sysroot(@Nullable Path named) {
        if (named != null && !Files.isDirectory(named))
            throw new DebuggerException("The sysroot " + named + " is no folder.");
        return named;
    }

    /** The program that a core is of; null where it is not found, and then {@code found} says why. */
    static @Nullable ElfFile programOf(CoreTarget target, @Nullable Path named, SymbolFiles files, List<String> found) {
        if (named != null) return Opening.program(named);
        Optional<String> path = target.core().executable();
        if (path.isEmpty() || !Files.exists(files.place(path.get()))) {
            Optional<ElfFile> fetched = buildId(target).flatMap(files::program);
            if (fetched.isPresent()) return fetched.get();
        }
        if (path.isEmpty()) {
            found.add("The core does not say which program it is of. Name the program to see its symbols.");
            return null;
        }
        Path file = files.place(path.get());
        try {
            return Opening.program(file);
        } catch (DebuggerException e) {
            found.add(e.getMessage() + " Name the program to see its symbols.");
            return null;
        }
    }

    /** Of the executable: its program headers lie in its first page. */
    private static Optional<String> buildId(CoreTarget target) {
        OptionalLong headers = target.auxv().get(AuxVector.AT_PHDR);
        return headers.isEmpty()
                ? Optional.empty()
                : BuildIdInMemory.of(target.memory(), headers.getAsLong() & -PAGE_BYTES);
    }

    /** The program that a stub names, where it is on this machine. */
    static @Nullable ElfFile programOf(LiveTarget target) {
        Optional<String> path = target.executable();
        if (path.isEmpty()) return null;
        Path file = Path.of(path.get());
        return Files.isRegularFile(file) ? Opening.program(file) : null;
    }

    /** @param packets a file that every packet goes to; null for none */
    static RspClient connect(StubPlace stub, @Nullable Path packets) {
        StubAddress address = address(stub);
        try {
            return RspClient.connect(address, CONNECT_TIMEOUT, log(packets, address));
        } catch (RspException e) {
            throw new DebuggerException("No connection to the stub at " + stub + ": " + e.getMessage(), e);
        }
    }

    private static PacketLog log(@Nullable Path file, StubAddress address) {
        if (file == null) return PacketLog.NONE;
        try {
            return PacketLogFile.append(file, address);
        } catch (IOException e) {
            throw new DebuggerException("The packet log " + file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Reads the token, if there is to be one. */
    static StubAddress address(StubPlace stub) {
        if (stub instanceof StubPlace.Socket socket) return new StubAddress.Socket(socket.path());
        StubPlace.Port port = (StubPlace.Port) stub;
        Path file = port.tokenFile();
        try {
            return new StubAddress.Port(port.host(), port.port(), file == null ? null : StubToken.read(file));
        } catch (IOException e) {
            throw new DebuggerException("No connection to the stub at " + stub + ": " + e.getMessage(), e);
        }
    }

    /** While the monitor starts: what the first stop will need. */
    static void readAhead(Symbols program) {
        Thread reader = new Thread(
                () -> {
                    try {
                        program.callFrames();
                        program.symbolsNamed("main");
                        for (FunctionScope function : program.functionsNamed("main")) program.breakpointPc(function);
                        program.sourceFiles();
                    } catch (CorruptFileException e) {
                        // Whoever needs it will meet it again, and say so.
                        LOG.log(Level.DEBUG, "symbols could not be read ahead", e);
                    }
                },
                "kmdebug-read-ahead");
        reader.setDaemon(true);
        reader.start();
    }
}
