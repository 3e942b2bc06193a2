package io.kmdebug.rsp;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A Unix socket with a path. */
final class UnixListener extends StubListener {
    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    private final ServerSocketChannel channel;
    private final Path path;
    /** Device and inode: what is removed at the end is this socket, and not one that replaced it. */
    private final @Nullable Object key;

    private UnixListener(ServerSocketChannel channel, Path path, @Nullable Object key) {
        this.channel = channel;
        this.path = path;
        this.key = key;
    }

    static UnixListener bind(Path path) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean bound = false;
        try {
            try {
                channel.bind(address);
            } catch (BindException taken) {
                if (!isDead(path, address)) throw taken;
                Files.delete(path);
                channel.bind(address);
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            UnixListener listener = new UnixListener(channel, path, key(path));
            bound = true;
            return listener;
        } finally {
            if (!bound) channel.close();
        }
    }

    private static boolean isDead(Path path, UnixDomainSocketAddress address) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return false;
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_TYPE) != SOCKET) return false;
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(address);
            return false;
        } catch (ConnectException nobody) {
            return true;
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    @Override
    Wire accept() throws IOException {
        return UnixWire.of(channel.accept());
    }

    @Override
    boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    @Nullable
    StubToken token() {
        return null;
    }

    @Override
    public int port() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) return;
        channel.close();
        if (key != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS) && key.equals(key(path))) Files.delete(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
