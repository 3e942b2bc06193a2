package io.kmdebug.monitor.snapshot;

import io.kmdebug.coredump.CoreNote;
import io.kmdebug.coredump.MemoryPacker;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Packs the memory of one snapshot; {@link PackedPages} has the form. */
final class ZstandardPacker implements MemoryPacker {
    private static final int ENTRY_BYTES = 24;

    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();

    @Override
    public ByteBuffer pack(long address, byte[] pages, int from, int length, long position) {
        ByteBuffer frame = Zstandard.pack(pages, from, length);
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        entry.putLong(address).putInt(length).putLong(position).putInt(frame.remaining());
        entries.writeBytes(entry.array());
        return frame;
    }

    @Override
    public CoreNote index() {
        byte[] list = entries.toByteArray();
        ByteBuffer content = ByteBuffer.allocate(8 + list.length);
        content.putInt(PackedPages.VERSION).putInt(list.length / ENTRY_BYTES).put(list);
        return new CoreNote(SnapshotNotes.OWNER, SnapshotNotes.PACKED, content.array());
    }
}
