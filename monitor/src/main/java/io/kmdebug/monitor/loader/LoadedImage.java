package io.kmdebug.monitor.loader;

/**
 * An ELF file in the payload's memory.
 *
 * @param bias what was added to the file's addresses; 0 for ET_EXEC
 * @param entry biased
 * @param programHeaders guest address of the program headers, or 0 when no segment has them
 * @param programHeaderCount as in the file
 * @param end page-aligned end of the highest segment
 */
public record LoadedImage(long bias, long entry, long programHeaders, int programHeaderCount, long end) {}
