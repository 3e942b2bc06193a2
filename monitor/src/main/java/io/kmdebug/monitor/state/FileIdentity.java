package io.kmdebug.monitor.state;

/**
 * Which file it was, to see whether it is still the same.
 *
 * @param device st_dev
 * @param inode st_ino
 * @param size bytes
 * @param modified nanoseconds since 1970
 */
public record FileIdentity(long device, long inode, int mode, long size, long modified) {}
