import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Threads, garbage, null pointers and stack overflow by fault, sockets, files, streams; status 4. */
public class Small {
    static volatile Object sink;

    public static void main(String[] arguments) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            int n = i;
            sums.add(pool.submit(() -> garbage(n)));
        }
        long total = 0;
        for (Future<Long> sum : sums) total += sum.get();
        System.out.println("sum " + total);
        System.gc();
        String none = arguments.length == 0 ? null : "";
        try {
            none.length();
        } catch (NullPointerException e) {
            System.out.println("null pointer");
        }
        try {
            deep(0);
        } catch (StackOverflowError e) {
            System.out.println("stack overflow");
        }
        socket();
        Files.writeString(Path.of("java.txt"), "written\n");
        System.out.print(Files.readString(Path.of("java.txt")));
        System.out.println(IntStream.range(0, 1000).parallel().boxed().collect(Collectors.groupingBy(x -> x % 3, Collectors.counting())));
        pool.shutdown();
        System.out.println(pool.awaitTermination(5, TimeUnit.SECONDS));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        System.err.println("done");
        System.exit(4);
    }

    private static long garbage(int n) {
        long sum = 0;
        for (int k = 0; k < 200_000; k++) {
            byte[] bytes = new byte[64 + k % 1000];
            bytes[k % 64] = (byte) n;
            sum += bytes[k % 64];
            if (k % 1000 == 0) sink = bytes;
        }
        return sum;
    }

    private static int deep(int n) {
        return deep(n + 1) + 1;
    }

    private static void socket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread client = new Thread(() -> {
                try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    socket.getOutputStream().write("hello\n".getBytes());
                    System.out.println(new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine());
                } catch (Exception e) {
                    System.out.println(e);
                }
            });
            client.start();
            try (Socket socket = server.accept()) {
                String line = new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
                socket.getOutputStream().write((line.toUpperCase() + "\n").getBytes());
            }
            client.join();
        }
    }
}
