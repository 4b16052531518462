package dev.parlance.app.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs other programs. */
@FunctionalInterface
interface Programs {
    /**
     * Runs one to its end.
     *
     * @param words the program and its arguments
     * @return what it wrote to stdout
     * @throws BenchmarkException if it cannot be run or fails
     */
    String run(List<String> words) throws InterruptedException;

    /** The programs of this machine. */
    static Programs ofThisMachine() {
        return Programs::runProcess;
    }

    private static String runProcess(List<String> words) throws InterruptedException {
        String command = String.join(" ", words);
        Process process;
        try {
            process = new ProcessBuilder(words).start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new BenchmarkException(command + ": " + e.getMessage());
        }
        try {
            FutureTask<String> notes = new FutureTask<>(() -> read(process.getErrorStream()));
            Thread.ofVirtual().start(notes);
            String out = read(process.getInputStream());
            int status = process.waitFor();
            if (status != 0) {
                throw new BenchmarkException(
                        command + " ended with status " + status + ": " + lastLine(notes.get()));
            }
            return out;
        } catch (IOException | ExecutionException e) {
            throw new BenchmarkException(command + ": its output cannot be read: " + e);
        } finally {
            process.destroy();
        }
    }

    private static String read(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String lastLine(String text) {
        return text.strip().lines().reduce("it said nothing", (_, line) -> line);
    }
}
