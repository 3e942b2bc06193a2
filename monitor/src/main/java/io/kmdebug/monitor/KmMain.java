package io.kmdebug.monitor;

import io.kmdebug.machine.CorruptFileException;
import io.kmdebug.monitor.host.HostCall;
import io.kmdebug.monitor.host.HostDescriptors;
import io.kmdebug.monitor.host.HostFailure;
import io.kmdebug.monitor.loader.LoadFailure;
import io.kmdebug.monitor.snapshot.NotResumable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Entry point of {@code km [options] program [args]}. */
public final class KmMain {
    /** Exit status for a wrong command line or a host that cannot run payloads. */
    static final int USAGE = 1;
    /** Exit status for a program that cannot be loaded, or a snapshot that cannot be resumed. */
    static final int NOT_LOADED = 2;

    /** Set in a monitor that another one started to become its child: a fork of its payload, say. */
    static final String ADOPTED = "kmdebug.adopted";

    private KmMain() {}

    public static void main(String[] arguments) {
        Thread.setDefaultUncaughtExceptionHandler(new Defect());
        boolean adopted = System.getProperty(ADOPTED) != null;
        if (!adopted) HostDescriptors.makeRoomMeanwhile();
        try {
            Options options = Options.parse(HostArguments.raw(arguments), HostArguments.environment());
            Option only = options.only();
            if (only != null) {
                Help.print(only, options);
                end(0);
            }
            Monitor monitor = new Monitor(options, arguments.length);
            if (adopted) monitor.standBy();
            else monitor.run();
        } catch (Options.WrongUsage e) {
            say(e.getMessage());
            end(USAGE);
        } catch (HostFailure e) {
            say(e.getMessage());
            end(USAGE);
        } catch (LoadFailure | CorruptFileException e) {
            say(e.getMessage());
            end(NOT_LOADED);
        } catch (NotResumable e) {
            say(e.getMessage());
            end(NOT_LOADED);
        } catch (IOException e) {
            say(e.getMessage());
            end(USAGE);
        }
    }

    private static void say(@Nullable String message) {
        System.err.println("km: " + message);
    }

    /** The monitor is a process of its own: this is where it ends when it never got to run a payload. */
    private static void end(int status) {
        HostCall.exitGroup(status);
    }
}
