package io.kmdebug.monitor.syscall;

/**
 * What the third argument of the known ioctl(2) requests is: a number, or a pointer to so many bytes that are read,
 * written or both. ioctl_tty(2), netdevice(7), ioctl_ficlone(2). Packed into an int.
 */
final class IoctlForms {
    static final int UNKNOWN = -1;

    private static final int WRITES = 1 << 16;
    private static final int BLOCKS = 1 << 17;
    private static final int NUMBER = 0;

    private IoctlForms() {}

    static int bytes(int form) {
        return form & 0xffff;
    }

    static Access access(int form) {
        return (form & WRITES) != 0 ? Access.WRITE : Access.READ;
    }

    static boolean blocks(int form) {
        return (form & BLOCKS) != 0;
    }

    private static int in(int bytes) {
        return bytes;
    }

    private static int out(int bytes) {
        return bytes | WRITES;
    }

    static int of(int request) {
        return switch (request) {
            // terminals: struct termios as the kernel has it, 36 bytes; termios2, 44; termio, 18
            case 0x5401 -> out(36); // TCGETS
            case 0x5402 -> in(36); // TCSETS
            case 0x5403, 0x5404 -> in(36) | BLOCKS; // TCSETSW, TCSETSF
            case 0x5405 -> out(18); // TCGETA
            case 0x5406 -> in(18); // TCSETA
            case 0x5407, 0x5408 -> in(18) | BLOCKS; // TCSETAW, TCSETAF
            case 0x802c542a -> out(44); // TCGETS2
            case 0x402c542b -> in(44); // TCSETS2
            case 0x402c542c, 0x402c542d -> in(44) | BLOCKS; // TCSETSW2, TCSETSF2
            case 0x5409, 0x5425 -> NUMBER | BLOCKS; // TCSBRK, TCSBRKP
            case 0x540a, 0x540b, 0x540c, 0x540d, 0x540e, 0x5422, 0x5427, 0x5428 -> NUMBER;
            // TCXONC, TCFLSH, TIOCEXCL, TIOCNXCL, TIOCSCTTY, TIOCNOTTY, TIOCSBRK, TIOCCBRK
            case 0x540f, 0x5411, 0x541b, 0x5429, 0x5415, 0x5424, 0x5419, 0x80045430, 0x80045438, 0x80045439 -> out(4);
            // TIOCGPGRP, TIOCOUTQ, FIONREAD, TIOCGSID, TIOCMGET, TIOCGETD, TIOCGSOFTCAR, TIOCGPTN, TIOCGPKT, ..LCK
            case 0x5410, 0x5421, 0x5416, 0x5417, 0x5418, 0x541a, 0x5423, 0x5420, 0x40045431, 0x5452 -> in(4);
            // TIOCSPGRP, FIONBIO, TIOCMBIS, TIOCMBIC, TIOCMSET, TIOCSSOFTCAR, TIOCSETD, TIOCPKT, TIOCSPTLCK,
            // FIOASYNC
            case 0x5412 -> in(1); // TIOCSTI
            case 0x5413 -> out(8); // TIOCGWINSZ
            case 0x5414 -> in(8); // TIOCSWINSZ
            case 0x5460 -> out(8); // FIOQSIZE
            // sockets
            case 0x8905 -> out(4); // SIOCATMARK
            case 0x8906, 0x8907 -> out(16); // SIOCGSTAMP, SIOCGSTAMPNS
            case 0x8910, 0x8913, 0x8915, 0x8917, 0x8919, 0x891b, 0x891d, 0x8921, 0x8927, 0x8933, 0x8942, 0x8970 ->
                out(40); // SIOCGIF*: struct ifreq
            case 0x8914, 0x8916, 0x891a, 0x891c, 0x8922, 0x8924, 0x8943 -> in(40); // SIOCSIF*
            // files
            case 0x80086601, 0x80087601 -> out(8); // FS_IOC_GETFLAGS, FS_IOC_GETVERSION
            case 0x40086602 -> in(8); // FS_IOC_SETFLAGS
            case 0x801c581f -> out(28); // FS_IOC_FSGETXATTR
            case 2 -> out(4); // FIGETBSZ
            case 0x80081272 -> out(8); // BLKGETSIZE64
            case 0x1268 -> out(4); // BLKSSZGET
            case 0x80045200 -> out(4); // RNDGETENTCNT
            default -> UNKNOWN;
        };
    }
}
