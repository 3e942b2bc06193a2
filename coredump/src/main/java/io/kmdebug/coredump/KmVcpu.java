package io.kmdebug.coredump;

import io.kmdebug.machine.Bytes;
import io.kmdebug.machine.Registers;
import io.kmdebug.machine.Xsave;

/** KM's note about one virtual CPU, NT_KM_VCPU: the only place where its cores keep x87, SSE and AVX registers. */
final class KmVcpu {
    private static final int FP_FORMAT = 92;
    private static final int FP_STATE = 96;
    private static final int FORMAT_KVM_FPU = 1;
    private static final int FORMAT_KVM_XSAVE = 2;
    private static final int KVM_FPU_BYTES = 416;

    private final Bytes note;

    KmVcpu(Bytes note) {
        this.note = note;
    }

    /** KM numbers virtual CPUs from 0 and threads from 1. */
    int tid() {
        return note.i4(0) + 1;
    }

    /** Sets the floating point registers, when the note holds them. */
    void decodeFloatingPoint(Registers into) {
        long left = note.length() - FP_STATE;
        switch (note.i4(FP_FORMAT)) {
            case FORMAT_KVM_FPU -> {
                if (left >= KVM_FPU_BYTES) Xsave.decode(fxsave(note.slice(FP_STATE, KVM_FPU_BYTES)), into);
            }
            case FORMAT_KVM_XSAVE -> {
                if (left >= Xsave.LEGACY_BYTES) Xsave.decode(note.copy(FP_STATE, (int) Math.min(left, 4096)), into);
            }
            default -> {} // 0: none; 3: the state of a kernel module that nothing else can read
        }
    }

    /** Rearranges {@code struct kvm_fpu} (Linux {@code asm/kvm.h}) as FXSAVE writes it. */
    private static byte[] fxsave(Bytes kvm) {
        byte[] area = new byte[Xsave.LEGACY_BYTES];
        kvm.copy(128, area, 0, 2); // fcw
        kvm.copy(130, area, 2, 2); // fsw
        kvm.copy(132, area, 4, 1); // ftwx
        kvm.copy(134, area, 6, 2); // last_opcode
        kvm.copy(136, area, 8, 8); // last_ip
        kvm.copy(144, area, 16, 8); // last_dp
        kvm.copy(408, area, 24, 4); // mxcsr
        kvm.copy(0, area, 32, 128); // st0 to st7
        kvm.copy(152, area, 160, 256); // xmm0 to xmm15
        return area;
    }
}
