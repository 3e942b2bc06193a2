package io.kmdebug.monitor.memory;

/**
 * Pages of a snapshot's file.
 *
 * @param start guest address, page aligned
 * @param end exclusive, page aligned
 * @param descriptor the host's, of the file
 * @param offset bytes into the file at {@code start}, page aligned
 */
public record SavedPages(long start, long end, int descriptor, long offset) {}
