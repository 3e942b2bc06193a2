package io.kmdebug.monitor.control;

import io.kmdebug.monitor.host.HostCall;
import java.io.IOException;
import java.util.List;

/** Entry point of {@code km_cli}: KM's tool for snapshots, and {@code ps}. */
public final class KmCli {
    private KmCli() {}

    public static void main(String[] arguments) {
        int status;
        try {
            CliOptions options = CliOptions.parse(List.of(arguments));
            status = switch (options.what()) {
                case HELP -> {
                    System.out.print(CliOptions.HELP);
                    yield 0;
                }
                case VERSION -> {
                    System.out.println("km_cli (kmdebug) 0.1.0");
                    yield 0;
                }
                case LIST -> list(options);
                case SNAPSHOT, CORE -> new SnapshotClient(options).run();
            };
        } catch (CliOptions.WrongUsage e) {
            System.err.println("km_cli: " + e.getMessage());
            status = SnapshotClient.WRONG;
        } catch (IOException e) {
            System.err.println("km_cli: " + e.getMessage());
            status = SnapshotClient.WRONG;
        }
        System.out.flush();
        // A class archive is written when the JVM ends in order.
        if (Boolean.getBoolean("kmdebug.record")) System.exit(status);
        HostCall.exitGroup(status);
    }

    private static int list(CliOptions options) throws IOException {
        List<RunningMonitor> running = new RunningMonitors(SnapshotClient.environment()).find();
        System.out.print(options.json() ? json(running) : table(running));
        return 0;
    }

    private static String json(List<RunningMonitor> running) {
        StringBuilder out = new StringBuilder("{\"schema\":1,\"payloads\":[");
        for (int i = 0; i < running.size(); i++) {
            if (i > 0) out.append(',');
            running.get(i).json(out);
        }
        return out.append("]}\n").toString();
    }

    private static String table(List<RunningMonitor> running) {
        StringBuilder out = new StringBuilder("    PID THREADS   RESIDENT     MAPPED   GDB PLATFORM PROGRAM\n");
        for (RunningMonitor one : running) {
            cell(out, Integer.toString(one.pid()), 7);
            cell(out, one.threads() < 0 ? "-" : Long.toString(one.threads()), 8);
            cell(out, size(one.residentBytes()), 11);
            cell(out, size(one.memoryBytes()), 11);
            cell(out, one.gdbPort() == 0 ? "-" : Integer.toString(one.gdbPort()), 6);
            String platform = one.platform();
            cell(out, platform == null ? "-" : platform, 9);
            out.append(' ').append(one.program());
            List<String> arguments = one.arguments();
            for (String argument : arguments.subList(Math.min(1, arguments.size()), arguments.size())) {
                out.append(' ').append(printable(argument));
            }
            out.append(one.answers() ? "\n" : " (does not answer)\n");
        }
        return out.toString();
    }

    private static void cell(StringBuilder out, String text, int width) {
        for (int i = text.length(); i < width; i++) out.append(' ');
        out.append(text);
    }

    /** "12.3 MiB". */
    private static String size(long bytes) {
        if (bytes < 0) return "-";
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        long tenths = Math.round(value * 10);
        return tenths / 10 + "." + tenths % 10 + " " + units[unit];
    }

    /** In one word of one line. */
    private static String printable(String argument) {
        StringBuilder out = new StringBuilder();
        boolean plain = !argument.isEmpty();
        for (int i = 0; i < argument.length(); i++) {
            char c = argument.charAt(i);
            plain &= c > ' ' && c != '"' && c != 0x7f;
            out.append(c < ' ' || c == 0x7f ? '?' : c);
        }
        return plain ? out.toString() : "\"" + out + "\"";
    }
}
