package io.kmdebug.monitor.platform.kvm;

import io.kmdebug.monitor.host.HostMemory;
import org.jspecify.annotations.Nullable;

/**
 * Changes to what CPUID tells the payload. They hold where KVM answers CPUID; under a KVM whose user code executes the
 * instruction itself the payload sees the host's processor all the same.
 *
 * @param hugePages whether 1 GiB pages are told of; null: as the host has it
 * @param kontainVendor whether the vendor reads "Kontain"
 */
public record ProcessorView(@Nullable Boolean hugePages, boolean kontainVendor) {
    /** struct kvm_cpuid2: nent, padding, entries of function, index, flags, eax, ebx, ecx, edx, padding. */
    private static final int FIRST_ENTRY = 8;

    private static final int ENTRY_BYTES = 40;
    private static final int EBX = 16;
    private static final int ECX = 20;
    private static final int EDX = 24;
    private static final int VENDOR = 0;
    private static final int EXTENDED_VENDOR = 0x8000_0000;
    private static final int EXTENDED_FEATURES = 0x8000_0001;
    /** Page1GB of CPUID 0x80000001, AMD64 APM volume 3 appendix E.4. */
    private static final int PAGE_1GB = 1 << 26;

    /** Changes a {@code struct kvm_cpuid2} at a host address. */
    void edit(long table) {
        if (hugePages == null && !kontainVendor) return;
        int count = HostMemory.getInt(table);
        for (int i = 0; i < count; i++) {
            long entry = table + FIRST_ENTRY + (long) ENTRY_BYTES * i;
            int function = HostMemory.getInt(entry);
            if (kontainVendor && (function == VENDOR || function == EXTENDED_VENDOR)) {
                // 12 letters in ebx, edx, ecx: "Kont" "ain" ""
                HostMemory.putInt(entry + EBX, 0x746e_6f4b);
                HostMemory.putInt(entry + EDX, 0x006e_6961);
                HostMemory.putInt(entry + ECX, 0);
            }
            if (hugePages != null && function == EXTENDED_FEATURES) {
                int features = HostMemory.getInt(entry + EDX);
                HostMemory.putInt(entry + EDX, hugePages ? features | PAGE_1GB : features & ~PAGE_1GB);
            }
        }
    }
}
