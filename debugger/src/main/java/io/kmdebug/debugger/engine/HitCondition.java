package io.kmdebug.debugger.engine;

import io.kmdebug.debugger.DebuggerException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * At which of its hits a breakpoint stops: {@code 7} or {@code == 7}, {@code >= 5}, {@code > 5}, {@code < 5}, {@code %
 * 3}.
 */
record HitCondition(String operator, long number) {
    private static final Pattern FORM = Pattern.compile("\\s*(==|=|>=|<=|>|<|%|)\\s*(\\d{1,18})\\s*");

    static HitCondition parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new DebuggerException(
                    "The hit condition \"" + text + "\" is none of: 7, == 7, >= 5, > 5, <= 5, < 5, % 3.");
        }
        HitCondition condition = new HitCondition(matcher.group(1), Long.parseLong(matcher.group(2)));
        if (condition.operator.equals("%") && condition.number == 0) {
            throw new DebuggerException("The hit condition \"" + text + "\" divides by zero.");
        }
        return condition;
    }

    /** @param hit counts from 1 */
    boolean stopsAt(long hit) {
        return switch (operator) {
            case ">=" -> hit >= number;
            case ">" -> hit > number;
            case "<=" -> hit <= number;
            case "<" -> hit < number;
            case "%" -> hit % number == 0;
            default -> hit == number;
        };
    }
}
