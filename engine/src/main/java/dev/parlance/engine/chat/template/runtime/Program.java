package dev.parlance.engine.chat.template.runtime;

import dev.parlance.engine.chat.template.syntax.Parser;
import dev.parlance.engine.chat.template.syntax.Template;
import dev.parlance.engine.chat.template.value.JinjaException;
import dev.parlance.engine.chat.template.value.Text;
import dev.parlance.engine.chat.template.value.Value;

import java.time.LocalDateTime;
import java.util.Map;

/**
 * A template ready to run. It behaves like Jinja2 3.1 in the immutable sandbox, set up as Hugging
 * Face transformers does: no escaping, {@code trim_blocks}, {@code lstrip_blocks}, loop control,
 * {@code tojson} as {@code json.dumps}.
 *
 * <p>Threads: immutable, safe. Errors: {@link JinjaException} with a line wherever one is known.
 */
public final class Program {
    private final Template template;

    private Program(Template template) {
        this.template = template;
    }

    public static Program compile(String source) {
        return new Program(Parser.parse(source, Filters::exists, Tests::exists));
    }

    /** The text for variables; {@code now} is what {@code strftime_now} shows. */
    public Text render(Map<String, Value> variables, LocalDateTime now) {
        Evaluator evaluator = new Evaluator();
        Context context = new Context(variables, Globals.all(evaluator, now));
        Interpreter interpreter = new Interpreter(evaluator, context);
        try {
            return interpreter.run(template);
        } catch (JinjaException e) {
            throw e.at(evaluator.line());
        } catch (StackOverflowError e) {
            // The limit on depth is meant for default stacks; a thread may have a smaller one.
            throw new JinjaException(
                    JinjaException.Kind.LIMIT,
                    "the template recurses too deeply for this thread's stack",
                    evaluator.line());
        }
    }
}
