package dev.parlance.app.config;

/** A configuration file that cannot be used; the message begins with file and line. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(Place place, String message) {
        super(place + ": " + message);
    }

    ConfigException(String file, String message) {
        super(file + ": " + message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
