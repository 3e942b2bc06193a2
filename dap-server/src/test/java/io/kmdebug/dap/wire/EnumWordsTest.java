package io.kmdebug.dap.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.JarURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.eclipse.lsp4j.debug.Capabilities;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against lsp4j's own adapters, with every enum that lsp4j has for DAP. */
class EnumWordsTest {
    @ParameterizedTest
    @MethodSource("enums")
    void constantsAreSpelledAsGsonSpellsThem(Class<? extends Enum<?>> type) {
        for (Enum<?> constant : type.getEnumConstants()) {
            String word = Json.toTree(constant).getAsString();
            assertThat(EnumWords.of(constant)).isEqualTo(word);
            assertThat(EnumWords.all(type)).contains(word);
        }
    }

    static List<Class<?>> enums() throws IOException, ClassNotFoundException {
        String own = Capabilities.class.getName().replace('.', '/') + ".class";
        ClassLoader loader = Capabilities.class.getClassLoader();
        JarURLConnection connection = (JarURLConnection)
                Objects.requireNonNull(loader.getResource(own)).openConnection();
        String folder = own.substring(0, own.lastIndexOf('/') + 1);
        List<Class<?>> enums = new ArrayList<>();
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : jar.stream().toList()) {
                String name = entry.getName();
                boolean there = name.startsWith(folder) && name.endsWith(".class");
                if (!there || name.indexOf('/', folder.length()) > 0) continue;
                Class<?> type =
                        Class.forName(name.substring(0, name.length() - 6).replace('/', '.'), false, loader);
                if (type.isEnum()) enums.add(type);
            }
        }
        assertThat(enums).hasSizeGreaterThan(10);
        return enums;
    }
}
