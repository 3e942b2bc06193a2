/** The yardstick of start-up: a JVM that does nothing. */
public final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
