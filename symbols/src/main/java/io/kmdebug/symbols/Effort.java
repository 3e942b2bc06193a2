package io.kmdebug.symbols;

/**
 * What one question about a location has cost so far. Expressions refer to other expressions, each of which may refer
 * to several: all that are run for one question share one count of steps.
 */
final class Effort {
    private static final int STEP_LIMIT = 100_000;
    private static final int NESTING_LIMIT = 32;
    /** Finding another expression takes a walk through the entries around it. */
    private static final int STEPS_OF_A_REFERENCE = 500;

    private final int[] steps;
    private final int nesting;

    private Effort(int[] steps, int nesting) {
        this.steps = steps;
        this.nesting = nesting;
    }

    static Effort none() {
        return new Effort(new int[1], 0);
    }

    /** For an expression that the present one refers to. */
    Effort deeper() throws ValueUnavailableException {
        if (nesting == NESTING_LIMIT) throw endless("expressions refer to each other without an end");
        spend(STEPS_OF_A_REFERENCE);
        return new Effort(steps, nesting + 1);
    }

    void step() throws ValueUnavailableException {
        spend(1);
    }

    private void spend(int more) throws ValueUnavailableException {
        steps[0] += more;
        if (steps[0] > STEP_LIMIT) throw endless("an expression without an end");
    }

    private static ValueUnavailableException endless(String what) {
        return new ValueUnavailableException("broken debug information: " + what);
    }
}
