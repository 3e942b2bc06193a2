package io.kmdebug.monitor.platform.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kmdebug.monitor.host.HostMemory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProcessorViewTest {
    private static final int PAGE_1GB = 1 << 26;

    /** Leaves 0 and 0x80000001, all registers 0x11111111. */
    private static long table() {
        long table = HostMemory.allocate(8 + 2 * 40);
        HostMemory.putInt(table, 2);
        int[] functions = {0, 0x8000_0001};
        for (int i = 0; i < functions.length; i++) {
            long entry = table + 8 + 40L * i;
            HostMemory.putInt(entry, functions[i]);
            for (int at = 12; at < 28; at += 4) HostMemory.putInt(entry + at, 0x1111_1111);
        }
        return table;
    }

    @Test
    void writesTheVendorInTheOrderOfTheRegisters() {
        long table = table();
        new ProcessorView(null, true).edit(table);
        byte[] vendor = new byte[12];
        HostMemory.read(table + 8 + 16, vendor, 0, 4);
        HostMemory.read(table + 8 + 24, vendor, 4, 4);
        HostMemory.read(table + 8 + 20, vendor, 8, 4);
        assertThat(new String(vendor, StandardCharsets.ISO_8859_1)).isEqualTo("Kontain\0\0\0\0\0");
        assertThat(HostMemory.getInt(table + 48 + 24)).isEqualTo(0x1111_1111);
    }

    @Test
    void setsAndClearsTheBitOfOneGibibytePages() {
        long table = table();
        new ProcessorView(true, false).edit(table);
        assertThat(HostMemory.getInt(table + 48 + 24)).isEqualTo(0x1111_1111 | PAGE_1GB);
        new ProcessorView(false, false).edit(table);
        assertThat(HostMemory.getInt(table + 48 + 24)).isEqualTo(0x1111_1111 & ~PAGE_1GB);
        assertThat(HostMemory.getInt(table + 8 + 16)).isEqualTo(0x1111_1111);
    }

    @Test
    void changesNothingUnasked() {
        long table = table();
        byte[] before = HostMemory.read(table, 88);
        new ProcessorView(null, false).edit(table);
        assertThat(HostMemory.read(table, 88)).isEqualTo(before);
    }
}
