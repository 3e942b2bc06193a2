package io.kmdebug.machine;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The classes in the jars of this process, to be loaded before they are needed: into a class archive that is being
 * recorded (JEP 483, {@code -XX:ArchiveClassesAtExit}), or while there is nothing else to do. A class that an archive
 * lacks is read from the jar in every start that comes to it.
 */
public final class JarClasses {
    private static final String SUFFIX = ".class";

    private JarClasses() {}

    /**
     * @param wanted asked of each class's file, {@code io/kmdebug/machine/JarClasses.class}; it may end the loading by
     *     wanting nothing more
     * @param complaints told what cannot be read or loaded; that is told again where it is needed
     */
    public static void load(Predicate<String> wanted, Consumer<String> complaints) {
        for (String file : files(complaints)) {
            if (!wanted.test(file)) continue;
            String name = file.substring(0, file.length() - SUFFIX.length()).replace('/', '.');
            try {
                Class.forName(name, false, JarClasses.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError unusable) {
                complaints.accept("not loaded: " + unusable);
            }
        }
    }

    private static List<String> files(Consumer<String> complaints) {
        List<String> files = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!place.endsWith(".jar")) continue;
            try (ZipFile jar = new ZipFile(place)) {
                for (Enumeration<? extends ZipEntry> all = jar.entries(); all.hasMoreElements(); ) {
                    String name = all.nextElement().getName();
                    if (name.endsWith(SUFFIX)) files.add(name);
                }
            } catch (IOException unreadable) {
                complaints.accept("not read: " + unreadable);
            }
        }
        return files;
    }
}
