package dev.parlance.app.cli;

/** Floats as text. */
final class Floats {
    private Floats() {}

    /**
     * The shortest text that reads back as the same number; a number that was stored with 32 bits
     * is read back with 32, so 1e-6 is not shown as 9.999999974752427E-7.
     */
    static String text(double number) {
        return (float) number == number ? Float.toString((float) number) : Double.toString(number);
    }
}
