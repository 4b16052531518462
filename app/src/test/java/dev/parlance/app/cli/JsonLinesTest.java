package dev.parlance.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.engine.json.JsonObject;
import dev.parlance.engine.json.JsonString;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;

class JsonLinesTest {
    @Test
    void everyLineGetsOneLineInOrder() throws IOException {
        assertThat(echo("{\"text\":\"a\"}\n{\"text\":\"ü 日本\"}\r\n{\"text\":\"c\"}"))
                .isEqualTo("{\"text\":\"a\"}\n{\"text\":\"ü 日本\"}\n{\"text\":\"c\"}\n");
        assertThat(echo("")).isEmpty();
        assertThat(echo("{\"text\":\"a\"}\n")).isEqualTo("{\"text\":\"a\"}\n");
    }

    @Test
    void aLineThatCannotBeAnsweredGetsItsErrorAndTheRestGoesOn() throws IOException {
        assertThat(echo("{\"text\":\n\n[1]\n{}\n{\"text\":\"d\"}\n").lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("{\"error\":\"not valid JSON: "),
                        line -> assertThat(line).startsWith("{\"error\":\"expected a JSON value"),
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "{\"error\":\"a line must be an object, got an"
                                                        + " array\"}"),
                        line -> assertThat(line).isEqualTo("{\"error\":\"no text\"}"),
                        line -> assertThat(line).isEqualTo("{\"text\":\"d\"}"));
    }

    @Test
    void linesMayBeLongerThanTheBuffer() throws IOException {
        String text = "x".repeat(200_000);
        String line = "{\"text\":\"" + text + "\"}\n";
        assertThat(echo(line + line)).isEqualTo(line + line);
    }

    @Test
    void halfASurrogatePairIsWrittenAsAnEscape() {
        String text = "a\ud83dz\ude00 😀";
        assertThat(JsonLines.write(JsonObject.builder().put("text", text).build()))
                .isEqualTo("{\"text\":\"a\\ud83dz\\ude00 😀\"}");
    }

    @Test
    void halfASurrogatePairIsRefused() throws IOException {
        String line = "{\"text\":\"\\ud83d\\ude00\"}\n{\"text\":\"a\\ud83dz\"}\n";
        assertThat(echo(line))
                .startsWith("{\"text\":\"😀\"}\n{\"error\":\"")
                .contains("not valid Unicode: a string has half of a surrogate pair");
    }

    @Test
    void anAnswerIsThereBeforeTheNextLineIsWaitedFor() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InputStream first = new ByteArrayInputStream("{\"text\":\"a\"}\n".getBytes());
        InputStream second =
                new InputStream() {
                    @Override
                    public int read() {
                        assertThat(out.toString()).isEqualTo("{\"text\":\"a\"}\n");
                        return -1;
                    }
                };
        process(new SequenceInputStream(first, second), out);
        assertThat(out.size()).isPositive();
    }

    @Test
    void aReaderThatHasGoneEndsTheWork() {
        OutputStream broken =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
        assertThatThrownBy(() ->
                        process(new ByteArrayInputStream("{\"text\":\"a\"}".getBytes()), broken))
                .isInstanceOf(Streams.ReaderGoneException.class);
    }

    private static String echo(String input) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        process(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void process(InputStream in, OutputStream out) throws IOException {
        PrintStream printer = new PrintStream(out, false, StandardCharsets.UTF_8);
        JsonLines.process(
                new Streams(in, printer, printer),
                line -> {
                    if (line.find("text").orElse(null) instanceof JsonString(var text)) {
                        return JsonLines.write(JsonObject.builder().put("text", text).build());
                    }
                    throw new JsonLines.Refusal("no text");
                });
    }
}
