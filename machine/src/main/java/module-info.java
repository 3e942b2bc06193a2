/** The ground floor: ELF files, amd64 registers and their numberings, Linux signals, auxv, siginfo and notes. */
module io.kmdebug.machine {
    requires static org.jspecify;

    exports io.kmdebug.machine;
}
