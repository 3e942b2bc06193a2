package io.kmdebug.dap;

import io.kmdebug.dap.request.SessionFactory;
import io.kmdebug.debugger.SessionClasses;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code kmdebug dap}: the adapter on standard input and output, or on a TCP port. Kept free of everything that
 * {@code initialize} does not need: this is what an editor waits for.
 */
public final class DapMain {
    private static final String USAGE = """
            usage: kmdebug dap [--listen [HOST:]PORT] [--log rsp=FILE]
            Speaks the Debug Adapter Protocol on standard input and output, or with --listen to any number of clients on a
            TCP port (HOST is 127.0.0.1 when left out; PORT 0 takes a free one; the port is printed on standard error).
            --log rsp=FILE keeps the packets to and from debug stubs in FILE, in text that docs/headless.md explains.
            """;

    private static final List<String> CLASSES = List.of("io/kmdebug/dap/", "org/eclipse/lsp4j/debug/");

    private DapMain() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** @return the exit code: 0 ok, 1 the client was lost or the port is taken, 2 wrong arguments */
    public static int run(String[] args) {
        // Standard output belongs to the protocol; whatever else prints must not get into it.
        FileOutputStream out = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        if (args.length == 0) {
            return serveStandardStreams(out, null);
        }
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            new PrintStream(out, true, StandardCharsets.UTF_8).print(USAGE);
            return 0;
        }
        String listen = null;
        String log = null;
        for (int i = 0; i < args.length; i++) {
            String word = args[i];
            boolean more = i + 1 < args.length;
            if (word.equals("--listen") && more) {
                listen = args[++i];
            } else if (word.startsWith("--listen=")) {
                listen = word.substring("--listen=".length());
            } else if (word.equals("--log") && more) {
                log = args[++i];
            } else if (word.startsWith("--log=")) {
                log = word.substring("--log=".length());
            } else {
                return wrong("unknown arguments for dap; see kmdebug dap --help");
            }
        }
        InetSocketAddress socket = listen == null ? null : parse(listen);
        if (listen != null && socket == null) {
            return wrong("--listen takes [HOST:]PORT with a port from 0 to 65535, not '" + listen + "'");
        }
        if (log != null && (!log.startsWith("rsp=") || log.length() == "rsp=".length())) {
            return wrong("--log takes rsp=FILE, not '" + log + "'");
        }
        Path packets = log == null ? null : Path.of(log.substring("rsp=".length()));
        if (packets != null) {
            try {
                Files.write(packets, new byte[0]);
            } catch (IOException e) {
                return wrong("the packet log " + packets + " cannot be written: " + e);
            }
        }
        return socket == null ? serveStandardStreams(out, packets) : listen(socket, packets);
    }

    private static int wrong(String why) {
        System.err.println("kmdebug: " + why);
        return 2;
    }

    private static int serveStandardStreams(FileOutputStream out, @Nullable Path packets) {
        DapServer server = new DapServer(SessionFactory.debugger(packets));
        onEnd(server);
        FileInputStream in = new FileInputStream(FileDescriptor.in);
        int status = server.serve(in, out);
        if (!Boolean.getBoolean("kmdebug.record") || status != 0) return status;
        // the class archive is to know a session with a core too, and is made by one process
        int second = server.serve(in, out);
        SessionClasses.load(CLASSES, complaint -> System.err.println("kmdebug: " + complaint));
        return second;
    }

    private static int listen(InetSocketAddress address, @Nullable Path packets) {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(address);
            DapServer server = new DapServer(SessionFactory.debugger(packets));
            onEnd(server);
            System.err.println(
                    "listening on " + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort());
            server.serve(listener);
            return 0;
        } catch (IOException e) {
            System.err.println("kmdebug: cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                    + e.getMessage() + "; choose another port, or 0 for any");
            return 1;
        }
    }

    /** However the process ends, nothing that it started goes on. */
    private static void onEnd(DapServer server) {
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "dap-end"));
    }

    private static @Nullable InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int number = Integer.parseInt(port);
        if (number > 65535) {
            return null;
        }
        String host = colon <= 0 ? "" : address.substring(0, colon);
        return host.isEmpty()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), number)
                : new InetSocketAddress(host, number);
    }
}
