package dev.parlance.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Templates that try to use up time, memory or the stack; {@link TemplateFuzzTest} looks for more.
 */
@Timeout(60)
class HostileTemplateTest {
    private static final String GROW =
            "{% set ns = namespace(x='0123456789') %}{% for i in range(100000) %}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'a' * 10**9 }}",
                "{{ 10**9 * 'ab' }}",
                "{{ [0] * 10**9 }}",
                "{{ 2**100**100**100 }}",
                "{{ 2**(2**40) }}",
                "{{ range(10**12) }}",
                "{{ range(100001)|list }}",
                GROW + "{% set ns.x = ns.x + ns.x %}{% endfor %}",
                GROW + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                GROW + "{% set ns.x = ns.x|replace('0', ns.x) %}{% endfor %}",
                GROW + "{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}",
                GROW + "{% set ns.x = ns.x.join([ns.x, ns.x, ns.x]) %}{% endfor %}",
                GROW + "{% set ns.x = [ns.x, ns.x]|join %}{% endfor %}",
                GROW + "{% set ns.x = '%s%s' % (ns.x, ns.x) %}{% endfor %}",
                GROW + "{% set ns.x = '{0}{0}'.format(ns.x) %}{% endfor %}",
                GROW + "{% set ns.x = [ns.x, ns.x]|string %}{% endfor %}",
                GROW + "{% set ns.x = [ns.x, ns.x]|tojson %}{% endfor %}",
                GROW + "{% set ns.x = (ns.x ~ '\n' ~ ns.x)|indent(1000) %}{% endfor %}",
                GROW + "{% set ns.x = ns.x|list + ns.x|list %}{% endfor %}",
                GROW + "{% set ns.x = (ns.x * 2)|e %}{% endfor %}",
                GROW + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
                "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}"
                        + "{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = ns.x + "
                        + "range(1000)|list %}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(100000) %}"
                        + "{% set ns.x = ns.x|map('upper') %}{% endfor %}{{ ns.x|list }}",
                "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
                "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns.x }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{{ caller }}{% endmacro"
                        + " %}{{ m() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{{ range(100000)|list|length }}{% endfor %}",
                "{% set s = 'a' * 8000000 %}{% for a in range(100000) %}{{ s == s ~ '' }}"
                        + "{% endfor %}",
                "{% set s = 'a' * 8000000 %}{% set t = 'a' * 4000000 ~ 'b' %}"
                        + "{% for a in range(100000) %}{{ s.find(t) }}{% endfor %}",
                "{% set s = 'a' * 8000000 %}{% for a in range(100000) %}{{ s.split('a')|length }}"
                        + "{% endfor %}",
                "{% set s = ['a' * 8000000] * 100000 %}{% for a in range(100) %}"
                        + "{{ s == s[:-1] + ['a' * 8000000] }}{% endfor %}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ '{:.999999999f}'.format(1.5) }}",
                "{{ 'a'.center(1000000000) }}",
                "{{ 'a'.zfill(1000000000) }}",
                "{{ ('\t' * 1000).expandtabs(1000000000) }}",
                "{{ 'a'|indent(1000000000, true) }}",
                "{{ [1]|tojson(indent=1000000000) }}",
                "{{ [1]|batch(1000000000, 'x')|list }}",
                "{{ [1]|slice(1000000000, 'x')|list }}",
            })
    void isStoppedByALimitThatSaysItsLine(String template) {
        TemplateException e = failure(template);
        assertThat(e.kind()).as(e.getMessage()).isEqualTo(TemplateException.Kind.LIMIT);
        assertThat(e.line()).as(e.getMessage()).isPositive();
    }

    private static TemplateException failure(String template) {
        TemplateException e =
                catchThrowableOfType(
                        TemplateException.class,
                        () ->
                                ChatTemplate.compile(template)
                                        .render(JsonObject.EMPTY, JinjaGoldenTest.NOW));
        assertThat(e).as("failure of the template").isNotNull();
        return e;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "[",
                "{1:",
                "-",
                "not ",
                "a[",
                "a(",
                "1 if 1 else ",
                "a is in (",
                "x|f("
            })
    void refusesDeepNestingOfExpressions(String open) {
        for (int times : new int[] {1_000, 100_000}) {
            assertThat(failure("{{ " + open.repeat(times) + " }}").kind())
                    .isIn(TemplateException.Kind.LIMIT, TemplateException.Kind.SYNTAX);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1 + ",
                "1 ** ",
                "1 * ",
                "1 and ",
                "1 or ",
                "1 if 1 if ",
            })
    void refusesLongChainsThatMakeDeepTrees(String link) {
        assertThat(failure("{{ " + link.repeat(50_000) + "1 }}").kind())
                .isEqualTo(TemplateException.Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {".a", "[0]", "|upper", "()", " is defined == 1"})
    void refusesLongChainsBehindAValue(String link) {
        assertThat(failure("{{ a" + link.repeat(50_000) + " }}").kind())
                .isIn(TemplateException.Kind.LIMIT, TemplateException.Kind.SYNTAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if 1 %}",
                "{% for i in [1] %}",
                "{% set a %}",
                "{% filter upper %}",
                "{% with %}",
                "{% macro m() %}",
                "{% autoescape true %}",
            })
    void refusesDeepNestingOfBlocks(String open) {
        TemplateException e = failure(open.repeat(10_000));
        assertThat(e.kind()).isEqualTo(TemplateException.Kind.LIMIT);
        assertThat(e).hasMessageContaining("blocks nested more than 50 deep");
    }

    @Test
    void manyBranchesAndLongListsAreNoNesting() {
        StringBuilder template = new StringBuilder("{% if x == 0 %}");
        for (int i = 1; i < 2_000; i++) {
            template.append("{% elif x == ").append(i).append(" %}").append(i);
        }
        template.append("{% endif %}{{ [").append("1, ".repeat(5_000)).append("]|length }}");
        JsonObject variables = JsonObject.builder().put("x", 1_999).build();
        assertThat(ChatTemplate.compile(template.toString()).render(variables, JinjaGoldenTest.NOW))
                .isEqualTo("19995000");
    }

    @Test
    void refusesATemplateThatIsTooLong() {
        assertThat(failure("a".repeat(600_000)))
                .hasMessageContaining(
                        "a template of 600000 characters, at most 524288 are allowed");
    }

    @Test
    void deepRecursionIsStoppedOnASmallStack() throws InterruptedException {
        TemplateException[] caught = new TemplateException[1];
        Thread thread =
                new Thread(
                        null,
                        () ->
                                caught[0] =
                                        failure(
                                                "{% macro m() %}{% if 1 %}{{ [m()]|join|upper }}"
                                                        + "{% endif %}{% endmacro %}{{ m() }}"),
                        "small stack",
                        200_000);
        thread.start();
        thread.join();
        assertThat(caught[0].kind()).isEqualTo(TemplateException.Kind.LIMIT);
    }

    @Test
    void recursionAsDeepAsPythonAllowsIsFine() {
        String template =
                "{% macro m(n) %}{% if n > 0 %}{{ n % 10 }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
                        + "{{ m(190) | length }}";
        assertThat(ChatTemplate.compile(template).render(JsonObject.EMPTY, JinjaGoldenTest.NOW))
                .isEqualTo("190");
    }
}
