package dev.parlance.engine.chat.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Conversation;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.chat.ToolCall;
import dev.parlance.engine.chat.Verbosity;
import dev.parlance.engine.json.Json;
import dev.parlance.engine.json.JsonObject;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class ChatTemplateTest {
    private static final ChatTemplate.Environment ENVIRONMENT =
            new ChatTemplate.Environment("<s>", "</s>", JinjaGoldenTest.NOW);

    private static final String TURNS =
            "{% for m in messages %}{{ '<' + m.role + '>' + m.content + '</>' }}{% endfor %}"
                    + "{% if add_generation_prompt %}<assistant>{% endif %}";

    private static String text(String template, Conversation conversation) {
        return ChatTemplate.compile(template).render(conversation, ENVIRONMENT).text();
    }

    private static String text(String template, ChatMessage... messages) {
        return text(template, Conversation.of(messages));
    }

    private static ChatMessage message(Role role, String text) {
        return ChatMessage.of(role, text);
    }

    private static ChatMessage calling(String arguments) {
        return new ChatMessage(
                Role.ASSISTANT,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(new ToolCall("id1", "f", arguments)),
                Optional.empty());
    }

    private static Conversation open(ChatMessage... messages) {
        return new Conversation(List.of(messages), List.of(), false, true, JsonObject.EMPTY);
    }

    @Test
    void givesMessagesInTheirOrderAndOpensTheNextTurn() {
        assertThat(
                        text(
                                TURNS,
                                message(Role.SYSTEM, "s"),
                                message(Role.USER, "u"),
                                message(Role.ASSISTANT, "a"),
                                message(Role.USER, "v")))
                .isEqualTo("<system>s</><user>u</><assistant>a</><user>v</><assistant>");
    }

    @Test
    void joinsSeveralTextsByNewlines() {
        ChatMessage two =
                new ChatMessage(
                        Role.USER,
                        List.of("one", "two"),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty());
        assertThat(text(TURNS, two)).isEqualTo("<user>one\ntwo</><assistant>");
    }

    @Test
    void givesPartsToATemplateThatOnlyReadsParts() {
        String template =
                "{% for m in messages %}{% for p in m.content %}{% if p.type == 'text' %}"
                        + "({{ p.text }}){% endif %}{% endfor %}{% endfor %}";
        ChatMessage two =
                new ChatMessage(
                        Role.USER,
                        List.of("one", "two"),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty());
        assertThat(text(template, two)).isEqualTo("(one)(two)");
    }

    @Test
    void givesTextToATemplateThatReadsBoth() {
        String template =
                "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}parts"
                        + "{% endif %}{% endfor %}";
        assertThat(text(template, message(Role.USER, "hi"))).isEqualTo("hi");
    }

    @Test
    void keepsTheDeveloperRoleOnlyWhereItIsKnown() {
        assertThat(text(TURNS, message(Role.DEVELOPER, "d"), message(Role.USER, "u")))
                .startsWith("<system>d</>");
        assertThat(
                        text(
                                TURNS + "{% if false %}{{ 'developer' }}{% endif %}",
                                message(Role.DEVELOPER, "d"),
                                message(Role.USER, "u")))
                .startsWith("<developer>d</>");
    }

    @Test
    void callsTheDeprecatedFunctionRoleTool() {
        assertThat(text(TURNS, message(Role.USER, "u"), message(Role.FUNCTION, "f")))
                .contains("<tool>f</>");
    }

    @Test
    void givesToolCallsWithTheirArgumentsAsObject() {
        String template =
                "{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.id }} {{ c.type }} "
                        + "{{ c.function.name }} {{ c.function.arguments | tojson }}"
                        + "{% endfor %}{{ m.content is none }};{% endfor %}";
        assertThat(text(template, message(Role.USER, "u"), calling("{\"a\":[1,2.50,\"\u00fc\"]}")))
                .isEqualTo("False;id1 function f {\"a\": [1, 2.5, \"\u00fc\"]}True;");
        assertThat(text(template, message(Role.USER, "u"), calling("{broken")))
                .contains("id1 function f \"{broken\"");
        assertThat(text(template, message(Role.USER, "u"), calling("[1]")))
                .contains("id1 function f \"[1]\"");
    }

    @Test
    void givesArgumentsAsTextToATemplateThatJoinsThem() {
        String template =
                "{% for m in messages %}{% for c in m.tool_calls or [] %}"
                        + "{{ 'call ' + c.function.arguments }}{% endfor %}{% endfor %}";
        assertThat(text(template, message(Role.USER, "u"), calling("{\"a\":1}")))
                .isEqualTo("call {\"a\":1}");
        String printing = template.replace("'call ' + ", "'call ' ~ ");
        assertThat(text(printing, message(Role.USER, "u"), calling("{\"a\":1}")))
                .isEqualTo("call {\"a\":1}");
    }

    @Test
    void givesEmptyContentToATemplateThatCannotTakeNone() {
        String template =
                "{% for m in messages %}{{ '[' + m.content + ']' }}{% for c in m.tool_calls or []"
                        + " %}{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}";
        assertThat(text(template, message(Role.USER, "u"), calling("{\"a\":1}")))
                .isEqualTo("[u][]{\"a\": 1}");
        String printing = template.replace("'[' + m.content + ']'", "'[' ~ m.content ~ ']'");
        assertThat(text(printing, message(Role.USER, "u"), calling("{\"a\":1}")))
                .isEqualTo("[u][]{\"a\": 1}");
    }

    @Test
    void givesReasoningNameAndToolCallIdWhereTheyAre() {
        String template =
                "{% for m in messages %}{{ m.reasoning_content }}|{{ m.name }}|{{ m.tool_call_id"
                        + " }};{% endfor %}";
        ChatMessage full =
                new ChatMessage(
                        Role.TOOL,
                        List.of("x"),
                        Optional.of("n"),
                        Optional.of("r"),
                        List.of(),
                        Optional.of("i"));
        assertThat(text(template, full, message(Role.USER, "u"))).isEqualTo("r|n|i;||;");
    }

    @Test
    void toolsAreNoneWithoutToolsAndVariablesWin() {
        String template = "{{ tools is none }} {{ bos_token }} {{ eos_token }} {{ x }}";
        assertThat(text(template, message(Role.USER, "u"))).isEqualTo("True <s> </s> ");
        JsonObject tool = (JsonObject) Json.parse("{\"type\":\"function\"}");
        JsonObject variables = JsonObject.builder().put("bos_token", "B").put("x", 7).build();
        Conversation conversation =
                new Conversation(
                        List.of(message(Role.USER, "u")), List.of(tool), true, false, variables);
        assertThat(text(template, conversation)).isEqualTo("False B </s> 7");
    }

    private static Conversation asking(Verbosity verbosity, ChatMessage... messages) {
        return new Conversation(
                List.of(messages),
                List.of(),
                false,
                false,
                Optional.of(verbosity),
                JsonObject.EMPTY);
    }

    @Test
    void verbosityIsAVariableWhereTheTemplateHasOne() {
        String template = TURNS + "{{ verbosity }}";
        assertThat(text(template, asking(Verbosity.HIGH, message(Role.USER, "u"))))
                .isEqualTo("<user>u</>high");
        assertThat(text(template, message(Role.USER, "u"))).isEqualTo("<user>u</><assistant>");
    }

    @Test
    void verbosityIsASystemLineWhereTheTemplateHasNoPlaceForIt() {
        assertThat(text(TURNS, asking(Verbosity.LOW, message(Role.USER, "u"))))
                .isEqualTo("<system>Keep your answers short and to the point.</><user>u</>");
        assertThat(
                        text(
                                TURNS,
                                asking(
                                        Verbosity.HIGH,
                                        message(Role.DEVELOPER, "d"),
                                        message(Role.USER, "u"))))
                .isEqualTo("<system>d\n\nAnswer at length and in detail.</><user>u</>");
        assertThat(text(TURNS, asking(Verbosity.MEDIUM, message(Role.USER, "u"))))
                .isEqualTo("<user>u</>");
    }

    @Test
    void showsTheTimeItIsTold() {
        assertThat(text("{{ strftime_now('%d %b %Y') }}", message(Role.USER, "u")))
                .isEqualTo("10 Jul 2025");
    }

    @Test
    void mergesSystemMessagesThatTheTemplateRefusesWhereTheyStand() {
        String firstOnly =
                "{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
                        + "{{ raise_exception('system must be first') }}{% endif %}{% endfor %}"
                        + TURNS;
        assertThat(
                        text(
                                firstOnly,
                                message(Role.SYSTEM, "a"),
                                message(Role.USER, "u"),
                                message(Role.SYSTEM, "b"),
                                message(Role.USER, "v")))
                .isEqualTo("<system>a\n\nb</><user>u</><user>v</><assistant>");
    }

    @Test
    void mergesSystemMessagesIntoTheFirstUserMessageIfThereIsNoSystemRole() {
        String noSystem =
                "{% for m in messages %}{% if m.role == 'system' %}"
                        + "{{ raise_exception('no system') }}{% endif %}{% endfor %}"
                        + TURNS;
        assertThat(
                        text(
                                noSystem,
                                message(Role.SYSTEM, "a"),
                                message(Role.USER, "u"),
                                message(Role.DEVELOPER, "b")))
                .isEqualTo("<user>a\n\nb\n\nu</><assistant>");
    }

    @Test
    void mergesSystemMessagesThatTheTemplateDrops() {
        String dropping =
                "{% for m in messages %}{% if m.role != 'system' or loop.first %}"
                        + "{{ '<' + m.role + '>' + m.content + '</>' }}{% endif %}{% endfor %}";
        assertThat(text(dropping, message(Role.USER, "u"), message(Role.SYSTEM, "a")))
                .isEqualTo("<system>a</><user>u</>");
        String knowsNone = "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}";
        assertThat(text(knowsNone, message(Role.SYSTEM, "a"), message(Role.USER, "u")))
                .isEqualTo("a\n\nu");
    }

    @Test
    void leavesATemplateToItselfThatShowsSystemMessagesInOtherWords() {
        String shouting =
                "{% for m in messages %}{{ m.role }}:{{ m.content | upper }};{% endfor %}";
        assertThat(text(shouting, message(Role.SYSTEM, "a"), message(Role.USER, "u")))
                .isEqualTo("system:A;user:U;");
    }

    @Test
    void leavesToolsUndefinedWhereNoneDoesNotWork() {
        String looping = "{% for t in tools %}{{ t.name }}{% endfor %}{{ messages[0].content }}";
        assertThat(text(looping, message(Role.USER, "u"))).isEqualTo("u");
    }

    @Test
    void knowsWhetherToolsAreShown() {
        assertThat(ChatTemplate.compile(TURNS).takesTools()).isFalse();
        assertThat(
                        ChatTemplate.compile(
                                        TURNS + "{% if tools %}{{ tools | tojson }}{% endif %}")
                                .takesTools())
                .isTrue();
    }

    @Test
    void passesOnTheTemplatesOwnWordsIfNothingHelps() {
        String refusing = "\n\n{{ raise_exception('roles must ' ~ 'alternate') }}";
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(
                        () -> text(refusing, message(Role.SYSTEM, "s"), message(Role.USER, "u")))
                .withMessage("line 3: roles must alternate")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(TemplateException.Kind.REFUSED))
                .satisfies(e -> assertThat(e.detail()).isEqualTo("roles must alternate"))
                .satisfies(e -> assertThat(e.line()).isEqualTo(3));
    }

    @Test
    void leavesTheFinalMessageOpen() {
        assertThat(text(TURNS, open(message(Role.USER, "u"), message(Role.ASSISTANT, "Once upon"))))
                .isEqualTo("<user>u</><assistant>Once upon");
        assertThat(text(TURNS, open(message(Role.USER, "u"), message(Role.ASSISTANT, " Once "))))
                .isEqualTo("<user>u</><assistant> Once ");
        String trimming = TURNS.replace("+ m.content +", "+ m.content | trim +");
        assertThat(text(trimming, open(message(Role.USER, "u"), message(Role.ASSISTANT, " Once "))))
                .isEqualTo("<user>u</><assistant>Once");
        assertThat(text(TURNS, open(message(Role.USER, "same"), message(Role.ASSISTANT, "same"))))
                .isEqualTo("<user>same</><assistant>same");
    }

    @Test
    void leavesAnEmptyFinalMessageOpen() {
        assertThat(text(TURNS, open(message(Role.USER, "u"), message(Role.ASSISTANT, ""))))
                .isEqualTo("<user>u</><assistant>");
    }

    @Test
    void refusesToContinueAMessageThatIsNotInTheText() {
        String dropping = "{% for m in messages[:-1] %}{{ m.content }}{% endfor %}";
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() ->
                        text(
                                dropping,
                                open(message(Role.USER, "u"), message(Role.ASSISTANT, "a!"))))
                .withMessageContaining("the final message does not appear in the text");
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> text(dropping, open()))
                .withMessageContaining("there is no message to continue");
    }

    @Test
    void saysTheLineOfATemplateThatIsNone() {
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> ChatTemplate.compile("a\nb {% if %}"))
                .withMessage("line 2: Expected an expression, got end of statement block")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(TemplateException.Kind.SYNTAX));
    }

    @Test
    void saysTheLineOfAnOperationThatFails() {
        ChatTemplate template =
                ChatTemplate.compile("\n{% if true %}\n{{ 'a' +\n missing }}{% endif %}");
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> template.render(JsonObject.EMPTY, JinjaGoldenTest.NOW))
                .withMessage("line 3: 'missing' is undefined")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(TemplateException.Kind.OPERATION));
    }

    @Test
    void rendersVariablesAsTheyAre() {
        JsonObject variables = (JsonObject) Json.parse("{\"a\": {\"b\": [1, null, true, 1.0]}}");
        assertThat(ChatTemplate.compile("{{ a }}").render(variables, JinjaGoldenTest.NOW))
                .isEqualTo("{'b': [1, None, True, 1.0]}");
    }

    @Test
    void oneTemplateServesManyThreads() throws InterruptedException {
        ChatTemplate template = ChatTemplate.compile(BuiltInTemplate.CHATML.source());
        Conversation conversation = Conversation.of(message(Role.USER, "hello \ud83d\ude00 you"));
        String expected = template.render(conversation, ENVIRONMENT).text();
        List<Thread> threads =
                java.util.stream.IntStream.range(0, 8)
                        .mapToObj(i ->
                                Thread.ofVirtual()
                                        .unstarted(() -> {
                                            for (int n = 0; n < 200; n++) {
                                                template.render(conversation, ENVIRONMENT);
                                            }
                                        }))
                        .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(template.render(conversation, ENVIRONMENT).text()).isEqualTo(expected);
    }
}
