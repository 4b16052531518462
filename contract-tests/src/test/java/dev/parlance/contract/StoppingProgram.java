package dev.parlance.contract;

import java.io.IOException;

/** A server that has been told to stop but has a request to finish, which does not end. */
final class StoppingProgram implements AutoCloseable {
    private final Program program = Program.serveOne("--drain-timeout", "3600");
    private final Occupation occupation = Occupation.of(program);

    StoppingProgram() throws IOException, InterruptedException {
        program.drain();
    }

    Program program() {
        return program;
    }

    @Override
    public void close() {
        occupation.end();
        program.close();
    }
}
