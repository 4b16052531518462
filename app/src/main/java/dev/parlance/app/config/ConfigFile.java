package dev.parlance.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/** Reads a configuration file. */
public final class ConfigFile {
    private static final int MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /**
     * The keys of a file and their values.
     *
     * <p>The file is YAML 1.2 of a plain kind: one document, no anchors or tags. It is bounded in
     * size and depth.
     *
     * @throws IOException if it cannot be read
     * @throws ConfigException if it is no such file, a key is given twice, or one has no value
     */
    public static ConfigValue.Section read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new ConfigException(file.toString(), "this is a folder, a file is needed");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        }
        if (bytes.length > MAX_BYTES) {
            throw new ConfigException(
                    file.toString(), "a configuration file has at most " + MAX_BYTES + " bytes");
        }
        return parse(file.toString(), text(file, bytes));
    }

    private static String text(Path file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new ConfigException(file.toString(), "this is no text in UTF-8");
        }
    }

    private static ConfigValue.Section parse(String file, String text) {
        Place start = new Place(file, 1);
        return switch (new YamlReader(file, text).document()) {
            case null -> new ConfigValue.Section(new LinkedHashMap<>(), start);
            case ConfigValue.Section section -> section;
            case ConfigValue.Text other -> throw notKeys(other);
            case ConfigValue.Items other -> throw notKeys(other);
        };
    }

    private static ConfigException notKeys(ConfigValue found) {
        return new ConfigException(
                found.place(), "keys like 'port: 8080' are needed, got " + found.what());
    }
}
