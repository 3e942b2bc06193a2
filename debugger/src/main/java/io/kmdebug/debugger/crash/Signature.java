package io.kmdebug.debugger.crash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A short text that is equal for crashes that are alike: a hash of its kind and of the names of the innermost
 * functions. What the C library does between its abort and the kernel is left out, and so is how often a function called
 * itself; a function without a name counts as such, wherever it was.
 */
public final class Signature {
    private static final int FUNCTIONS = 6;
    private static final int HEX_DIGITS = 16;

    /** Of glibc and musl, without the underscores at their front. */
    private static final Set<String> ABORTING = Set.of(
            "abort",
            "raise",
            "gsignal",
            "kill",
            "pthread_kill",
            "pthread_kill_internal",
            "pthread_kill_implementation",
            "restore_sigs",
            "block_app_sigs",
            "block_all_sigs",
            "libc_message",
            "malloc_printerr",
            "assert_fail",
            "assert_fail_base",
            "fortify_fail",
            "stack_chk_fail",
            "stack_chk_fail_local",
            "syscall_ret");

    private Signature() {}

    /**
     * @param kind the signal, and what it means
     * @param functions innermost first; empty when none has a name
     */
    public static Optional<String> of(String kind, List<String> functions) {
        List<String> counted = new ArrayList<>();
        for (String function : functions) {
            String name = function.startsWith("?? ") ? "??" : whole(function);
            boolean machinery = counted.isEmpty() && isAborting(name);
            boolean again =
                    !counted.isEmpty() && counted.get(counted.size() - 1).equals(name);
            if (machinery || again) continue;
            counted.add(name);
            if (counted.size() == FUNCTIONS) break;
        }
        if (counted.stream().allMatch(name -> name.equals("??"))) return Optional.empty();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((kind + "\n" + String.join("\n", counted)).getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(hash).substring(0, HEX_DIGITS));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether a function is one by which the C library ends a process: {@code raise}, {@code __GI_abort}. */
    public static boolean isAborting(String function) {
        return ABORTING.contains(plain(function));
    }

    /** A name of the C library without what tells its variants apart. */
    public static String plain(String function) {
        return whole(function)
                .replaceFirst("^__GI_", "")
                .replaceFirst("^_+", "")
                .replaceFirst("@plt$", "");
    }

    /** The function that the compiler made a part or a variant of: {@code f.constprop.0}. */
    private static String whole(String function) {
        return function.replaceFirst("(\\.(constprop|isra|part|cold|lto_priv|llvm)(\\.\\d+)*)+$", "");
    }
}
