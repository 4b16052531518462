package dev.parlance.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.params.provider.MethodSource;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;

/** Whatever a template says, it is rendered or refused, within bounds of time. */
class TemplateFuzzTest {
    /** Several times what all steps that a rendering may take need on a slow machine. */
    private static final Duration MOST_TIME = Duration.ofSeconds(20);

    private static final JsonObject VARIABLES =
            (JsonObject)
                    Json.parse(
                            """
                            {"messages": [
                               {"role": "system", "content": "Be brief."},
                               {"role": "user", "content": [{"type": "text", "text": "é😀"}]},
                               {"role": "assistant", "content": null, "tool_calls": [
                                 {"type": "function", "id": "1",
                                  "function": {"name": "f", "arguments": {"a": [1, 2.5, null]}}}]},
                               {"role": "tool", "content": "3", "tool_call_id": "1"}],
                             "tools": [{"type": "function", "function": {"name": "f"}}],
                             "add_generation_prompt": true, "bos_token": "<s>", "d": {"k": [1]}}
                            """);

    static Stream<byte[]> seeds() {
        Stream<String> builtIn =
                Arrays.stream(BuiltInTemplate.values()).map(BuiltInTemplate::source);
        Stream<String> others =
                Stream.of(
                        "",
                        "{%- macro f(a, b=2) %}{{ a ~ b|int }}{% endmacro %}"
                                + "{% for k, v in d|items if k %}{{ loop.index }}"
                                + "{{ f(k, v[1:-1:2]) }}{% set ns = namespace(x=1) %}{% endfor %}"
                                + "{% raw %}{{{% endraw %}{# c #}{% call f(1) %}x{% endcall %}",
                        "{% for m in messages recursive %}{{ loop(m.content) if m.content is"
                                + " iterable and m.content is not string else m|tojson(indent=2)"
                                + " }}{% else %}{{ raise_exception('no') }}{% endfor %}",
                        "{{ '%5.2f|%r'|format(1.5, messages) }}{{ '{:>{}}'.format('a', 9) }}"
                                + "{{ messages|map(attribute='role')|unique|sort|join(', ') }}"
                                + "{{ 2 ** 9 // 4 % 3 }}{{ [1, 2][-1:0:-1] }}{{ strftime_now('%d"
                                + " %b') }}{% filter upper|trim %}a{% endfilter %}",
                        "{{ messages|groupby('role')|list }}{{ d|dictsort }}{{ [3, 1]|sum }}"
                                + "{{ 'a b'.split(' ')|batch(2)|list }}{{ 'x'.center(9)|e }}");
        return Stream.concat(builtIn, others).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aTemplateIsRenderedOrRefused(byte[] utf8) {
        String template = new String(utf8, StandardCharsets.UTF_8);
        long start = cpuNanos();
        try {
            ChatTemplate.compile(template).render(VARIABLES, JinjaGoldenTest.NOW);
        } catch (TemplateException refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        assertThat(cpuNanos() - start).as("CPU time").isLessThan(MOST_TIME.toNanos());
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
