import org.jspecify.annotations.NullMarked;

/** The program: command line and wiring. */
@NullMarked
module dev.parlance.app {
    requires static org.jspecify;
    requires java.logging;
    requires java.net.http;
    requires dev.parlance.server;
    requires info.picocli;
    requires org.jline.reader;
    requires org.snakeyaml.engine;

    opens dev.parlance.app.cli to
            info.picocli;
}
