package io.kmdebug.dap.request;

import io.kmdebug.debugger.SignalPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.lsp4j.debug.Breakpoint;
import org.eclipse.lsp4j.debug.Capabilities;
import org.eclipse.lsp4j.debug.ExceptionBreakpointsFilter;
import org.eclipse.lsp4j.debug.ExceptionFilterOptions;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsArguments;
import org.eclipse.lsp4j.debug.SetExceptionBreakpointsResponse;
import org.jspecify.annotations.Nullable;

/** {@code setExceptionBreakpoints}: chooses the signals that stop the payload. */
final class SetExceptionBreakpointsHandler
        implements RequestHandler<SetExceptionBreakpointsArguments, SetExceptionBreakpointsResponse> {
    private static final String FATAL = "fatal";
    private static final String ALL = "all";
    private static final String NAMED = "signals";
    private static final String[] OFFERED = {"SIGINT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGPIPE"
    };

    @Override
    public String command() {
        return "setExceptionBreakpoints";
    }

    @Override
    public Class<SetExceptionBreakpointsArguments> argumentType() {
        return SetExceptionBreakpointsArguments.class;
    }

    @Override
    public SetExceptionBreakpointsResponse handle(
            SetExceptionBreakpointsArguments arguments, Conversation conversation) {
        boolean fatal = false;
        Set<Integer> numbers = new TreeSet<>();
        List<Breakpoint> answers = new ArrayList<>();
        List<ExceptionFilterOptions> asked = new ArrayList<>();
        for (String filter : arguments.getFilters()) {
            ExceptionFilterOptions plain = new ExceptionFilterOptions();
            plain.setFilterId(filter);
            asked.add(plain);
        }
        if (arguments.getFilterOptions() != null) {
            asked.addAll(List.of(arguments.getFilterOptions()));
        }
        for (ExceptionFilterOptions option : asked) {
            fatal |= FATAL.equals(option.getFilterId());
            answers.add(apply(option.getFilterId(), option.getCondition(), numbers));
        }
        conversation.session().setSignalPolicy(new SignalPolicy(Set.copyOf(numbers)));
        conversation.signals(new SignalChoice(fatal, Set.copyOf(numbers)));
        SetExceptionBreakpointsResponse response = new SetExceptionBreakpointsResponse();
        response.setBreakpoints(answers.toArray(Breakpoint[]::new));
        return response;
    }

    private static Breakpoint apply(String filter, @Nullable String condition, Set<Integer> numbers) {
        switch (filter) {
            case FATAL -> {
                return verified();
            }
            case ALL -> {
                for (int number = SignalPolicy.FIRST; number <= SignalPolicy.LAST; number++) {
                    numbers.add(number);
                }
                return verified();
            }
            case NAMED -> {
                return byNames(condition, numbers);
            }
            default -> {
                OptionalInt number = filter.startsWith("SIG") ? SignalPolicy.byName(filter) : OptionalInt.empty();
                if (number.isEmpty()) {
                    return BreakpointViews.unverified(
                            "'" + filter + "' is no filter; there are fatal, all, signals and each signal's name");
                }
                numbers.add(number.getAsInt());
                return verified();
            }
        }
    }

    private static Breakpoint byNames(@Nullable String condition, Set<Integer> numbers) {
        Set<Integer> named = new TreeSet<>();
        for (String name : (condition == null ? "" : condition).strip().split("[\\s,]+", -1)) {
            OptionalInt number = SignalPolicy.byName(name);
            if (number.isEmpty()) {
                return BreakpointViews.unverified(
                        name.isEmpty()
                                ? "name the signals in the condition: SIGUSR1, SIGRTMIN+3"
                                : "'" + name + "' is no signal; names are such as SIGUSR1, SIGRTMIN+3");
            }
            named.add(number.getAsInt());
        }
        numbers.addAll(named);
        return verified();
    }

    private static Breakpoint verified() {
        Breakpoint breakpoint = new Breakpoint();
        breakpoint.setVerified(true);
        return breakpoint;
    }

    @Override
    public void declare(Capabilities capabilities) {
        List<ExceptionBreakpointsFilter> filters = new ArrayList<>();
        filters.add(filter(
                FATAL,
                "Errors of the program",
                "SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT: where the program fails",
                true));
        filters.add(filter(ALL, "All signals", "Every signal, before the payload sees it", false));
        ExceptionBreakpointsFilter named = filter(
                NAMED, "Signals by name", "The signals named in the condition, before the payload sees them", false);
        named.setSupportsCondition(true);
        named.setConditionDescription("Names, such as SIGUSR1, SIGRTMIN+3");
        filters.add(named);
        for (String name : OFFERED) {
            filters.add(filter(name, name, "Stop at " + name + ", before the payload sees it", false));
        }
        capabilities.setExceptionBreakpointFilters(filters.toArray(ExceptionBreakpointsFilter[]::new));
        capabilities.setSupportsExceptionFilterOptions(true);
    }

    private static ExceptionBreakpointsFilter filter(String id, String label, String description, boolean byDefault) {
        ExceptionBreakpointsFilter filter = new ExceptionBreakpointsFilter();
        filter.setFilter(id);
        filter.setLabel(label);
        filter.setDescription(description);
        filter.setDefault_(byDefault);
        return filter;
    }

    @Override
    public String notes() {
        return "Filters: `fatal` (on by default), `all`, `signals` (condition: names), and every signal by its name";
    }
}
