package io.kmdebug.dap.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.lsp4j.debug.ChecksumAlgorithm;
import org.eclipse.lsp4j.debug.ColumnDescriptorType;

/** An enum's constants as DAP spells them: USER_UNHANDLED is userUnhandled, but for a few. */
final class EnumWords {
    private static final Map<Enum<?>, String> OWN = Map.of(
            ChecksumAlgorithm.MD5, "MD5",
            ChecksumAlgorithm.SHA1, "SHA1",
            ChecksumAlgorithm.SHA256, "SHA256",
            ColumnDescriptorType.UNIX_TIMESTAMP_UTC, "unixTimestampUTC");

    private EnumWords() {}

    static String of(Enum<?> constant) {
        String name = constant.name();
        String own = OWN.get(constant);
        if (own != null) return own;
        if (name.indexOf('_') < 0) return name.toLowerCase(Locale.ROOT);
        StringBuilder word = new StringBuilder();
        for (String part : name.toLowerCase(Locale.ROOT).split("_", -1)) {
            word.append(word.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return word.toString();
    }

    /** Of all constants, in their order. */
    static List<String> all(Class<?> type) {
        List<String> words = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) words.add(of((Enum<?>) constant));
        return words;
    }

    /** @throws IllegalArgumentException when there is none of that word */
    static <E extends Enum<E>> E constant(Class<E> type, String word) {
        for (E constant : type.getEnumConstants()) if (of(constant).equals(word)) return constant;
        throw new IllegalArgumentException(word);
    }
}
