package io.kmdebug.rsp;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code vFile}: regular files of the stub's host, for reading only, so that a client can load the executable from
 * here, and what describes the payload in place of the host's own. GDB RSP: "Host I/O Packets", "File-I/O Remote
 * Protocol Extension" (struct stat, errno values).
 */
final class FileRequests implements AutoCloseable {
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EACCES = 13;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int ENFILE = 23;
    private static final int EUNKNOWN = 9999;
    private static final int ACCESS_MODE = 3;
    private static final int STAT_BYTES = 64;
    private static final int MOST_FILES = 64;
    private static final int READ_BYTES = (ServedSession.PACKET_BYTES - 32) / 2;

    /** @param content of one that the target makes, which has no channel then */
    private record OpenFile(Path path, @Nullable FileChannel channel, byte[] content) implements Closeable {
        int read(ByteBuffer into, long offset) throws IOException {
            if (channel != null) return channel.read(into, offset);
            if (offset >= content.length) return -1;
            int bytes = (int) Math.min(into.remaining(), content.length - offset);
            into.put(content, (int) offset, bytes);
            return bytes;
        }

        @Override
        public void close() throws IOException {
            if (channel != null) channel.close();
        }
    }

    private final StubTarget target;

    /** A failure with its errno. */
    private static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;
        private final int errno;

        Failed(int errno) {
            super("errno " + errno, null, false, false);
            this.errno = errno;
        }
    }

    private final Map<Integer, OpenFile> files = new HashMap<>();
    private int nextFile = 3;

    FileRequests(StubTarget target) {
        this.target = target;
    }

    /** After "vFile:". An empty reply says that the operation is not offered. */
    void handle(PacketCursor in, PacketWriter out) {
        String operation = in.until(":");
        in.expect(':');
        try {
            perform(operation, in, out);
        } catch (Failed e) {
            out.start().text("F-1,").hex(e.errno);
        } catch (IOException | InvalidPathException e) {
            out.start().text("F-1,").hex(errno(e));
        }
    }

    private void perform(String operation, PacketCursor in, PacketWriter out) throws IOException, Failed {
        switch (operation) {
            case "setfs" -> out.text("F0");
            case "open" -> open(in, out);
            case "close" -> close(in, out);
            case "pread" -> pread(in, out);
            case "fstat" -> fstat(in, out);
            case "readlink" -> readlink(in, out);
            default -> {}
        }
    }

    private void open(PacketCursor in, PacketWriter out) throws IOException, Failed {
        String name = name(in);
        in.expect(',');
        if ((in.hexInt() & ACCESS_MODE) != 0) throw new Failed(EACCES);
        if (files.size() == MOST_FILES) throw new Failed(ENFILE);
        files.put(nextFile, open(name));
        out.text('F').hex(nextFile++);
    }

    private OpenFile open(String name) throws IOException, Failed {
        Path path = Path.of(target.hostPath(name));
        byte[] made = target.payloadFile(name);
        if (made != null) return new OpenFile(path, null, made);
        if (Files.isDirectory(path)) throw new Failed(EISDIR);
        if (Files.exists(path) && !Files.isRegularFile(path)) throw new Failed(EACCES);
        return new OpenFile(path, FileChannel.open(path, StandardOpenOption.READ), new byte[0]);
    }

    private void close(PacketCursor in, PacketWriter out) throws IOException, Failed {
        int number = in.hexInt();
        file(number).close();
        files.remove(number);
        out.text("F0");
    }

    private void pread(PacketCursor in, PacketWriter out) throws IOException, Failed {
        OpenFile file = file(in.hexInt());
        in.expect(',');
        long count = in.hex();
        in.expect(',');
        long offset = in.hex();
        if (offset < 0 || count < 0) throw new Failed(EINVAL);
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, READ_BYTES));
        while (buffer.hasRemaining()) {
            int got = file.read(buffer, offset + buffer.position());
            if (got <= 0) break;
        }
        out.text('F').hex(buffer.position()).text(';').binary(buffer.array(), 0, buffer.position());
    }

    private void fstat(PacketCursor in, PacketWriter out) throws IOException, Failed {
        OpenFile file = file(in.hexInt());
        Map<String, Object> unix = Files.readAttributes(file.path(), "unix:*");
        FileChannel channel = file.channel();
        long size = channel == null ? file.content().length : channel.size();
        ByteBuffer stat = ByteBuffer.allocate(STAT_BYTES); // big-endian, as all of File-I/O
        stat.putInt(number(unix, "dev")).putInt(number(unix, "ino")).putInt(number(unix, "mode"));
        stat.putInt(number(unix, "nlink")).putInt(number(unix, "uid")).putInt(number(unix, "gid"));
        stat.putInt(number(unix, "rdev")).putLong(size).putLong(4096).putLong((size + 511) / 512);
        stat.putInt(seconds(unix, "lastAccessTime")).putInt(seconds(unix, "lastModifiedTime"));
        stat.putInt(seconds(unix, "ctime"));
        out.text('F').hex(STAT_BYTES).text(';').binary(stat.array(), 0, STAT_BYTES);
    }

    private void readlink(PacketCursor in, PacketWriter out) throws IOException {
        String name = name(in);
        byte[] made = target.payloadFile(name);
        byte[] link = made != null ? made : hostLink(target.hostPath(name));
        out.text('F').hex(link.length).text(';').binary(link, 0, link.length);
    }

    private static byte[] hostLink(String name) throws IOException {
        return Files.readSymbolicLink(Path.of(name)).toString().getBytes(StandardCharsets.UTF_8);
    }

    private OpenFile file(int number) throws Failed {
        OpenFile file = files.get(number);
        if (file == null) throw new Failed(EBADF);
        return file;
    }

    private static String name(PacketCursor in) {
        String hex = in.until(",");
        byte[] name = PacketCursor.of(hex).hexBytes(hex.length() / 2);
        return new String(name, StandardCharsets.UTF_8);
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number number ? number.intValue() : 0;
    }

    private static int seconds(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof FileTime time ? (int) (time.toMillis() / 1000) : 0;
    }

    private static int errno(Exception failure) {
        if (failure instanceof NoSuchFileException || failure instanceof InvalidPathException) return ENOENT;
        if (failure instanceof AccessDeniedException) return EACCES;
        if (failure instanceof NotLinkException || failure instanceof FileSystemLoopException) return EINVAL;
        return EUNKNOWN;
    }

    /** Closes what the client left open. */
    @Override
    public void close() {
        for (OpenFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                // a read-only descriptor: nothing is lost, and there is nobody left to tell
                System.getLogger(FileRequests.class.getName()).log(System.Logger.Level.DEBUG, "close", e);
            }
        }
        files.clear();
    }
}
