package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.StopReason;
import io.kmdebug.machine.LinuxSignal;
import io.kmdebug.machine.SignalInfo;
import org.jspecify.annotations.Nullable;

/** A signal in words, by its si_code. sigaction(2). */
final class SignalTexts {
    private static final int NULL_PAGE_BYTES = 4096;
    private static final int SEGV_BNDERR = 3;
    private static final int SEGV_PKUERR = 4;

    private SignalTexts() {}

    static StopReason.Signal describe(int signal, @Nullable SignalInfo info) {
        SignalInfo known = info != null && info.signal() == signal ? info : null;
        Long address = known != null && known.hasFaultAddress() ? known.faultAddress() : null;
        String what = LinuxSignal.describe(signal);
        String why = known == null ? "" : why(signal, known);
        return new StopReason.Signal(
                signal, LinuxSignal.nameOf(signal), why.isEmpty() ? what : what + ": " + why, address);
    }

    private static String why(int signal, SignalInfo info) {
        int code = info.code();
        if (code <= 0) return sent(info);
        LinuxSignal known = LinuxSignal.byNumber(signal);
        if (known == null) return "";
        return switch (known) {
            case SIGSEGV -> segmentation(code, info.faultAddress());
            case SIGBUS ->
                switch (code) {
                    case SignalInfo.BUS_ADRALN -> "misaligned access";
                    case SignalInfo.BUS_ADRERR ->
                        "address " + hex(info.faultAddress()) + " is behind the end of its file";
                    case 3 -> "hardware error at address " + hex(info.faultAddress());
                    default -> "";
                };
            case SIGFPE -> floating(code);
            case SIGILL -> "at address " + hex(info.faultAddress());
            case SIGSYS -> "the system call is not allowed";
            case SIGTRAP ->
                code == SignalInfo.SI_KERNEL || code == SignalInfo.TRAP_BRKPT
                        ? "a breakpoint instruction of the program"
                        : "";
            default -> "";
        };
    }

    private static String segmentation(int code, long address) {
        return switch (code) {
            case SignalInfo.SEGV_MAPERR ->
                Long.compareUnsigned(address, NULL_PAGE_BYTES) < 0
                        ? "null pointer dereference, address " + hex(address) + " is not mapped"
                        : "address " + hex(address) + " is not mapped";
            case SignalInfo.SEGV_ACCERR -> "address " + hex(address) + " does not allow this access";
            case SEGV_BNDERR -> "bounds check failed at address " + hex(address);
            case SEGV_PKUERR -> "address " + hex(address) + " is protected by a key";
            case SignalInfo.SI_KERNEL -> "general protection, such as an address that is not canonical";
            default -> "";
        };
    }

    private static String floating(int code) {
        return switch (code) {
            case SignalInfo.FPE_INTDIV -> "integer division by zero";
            case 2 -> "integer overflow";
            case 3 -> "floating-point division by zero";
            case 4 -> "floating-point overflow";
            case 5 -> "floating-point underflow";
            case 6 -> "floating-point result is inexact";
            case 7 -> "invalid floating-point operation";
            case 8 -> "subscript out of range";
            default -> "";
        };
    }

    private static String sent(SignalInfo info) {
        return switch (info.code()) {
            case SignalInfo.SI_TKILL ->
                info.signal() == LinuxSignal.SIGABRT.number()
                        ? "" // abort(3) and failed assertions send it to their own thread
                        : "sent by thread of process " + info.senderPid();
            case SignalInfo.SI_USER -> "sent by process " + info.senderPid();
            case SignalInfo.SI_QUEUE -> "queued by process " + info.senderPid();
            case SignalInfo.SI_TIMER -> "a timer ran out";
            default -> "";
        };
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
