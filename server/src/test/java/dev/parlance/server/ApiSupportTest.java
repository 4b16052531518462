package dev.parlance.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parlance.engine.generation.GenerationRequest;
import dev.parlance.engine.json.Json;
import dev.parlance.server.api.ApiField;
import dev.parlance.server.api.FieldTable;
import dev.parlance.server.api.chatcompletions.ChatCompletionFields;
import dev.parlance.server.api.completions.CompletionFields;
import dev.parlance.server.openapi.OpenApi;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every row of the tables with an example: what is honoured changes the work or the answer, what is
 * ignored changes nothing, what is refused is refused by its name.
 */
class ApiSupportTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final String CHAT = "/v1/chat/completions";

    /** Shows every variable that a row of the table sets. */
    private static final String TEMPLATE =
            """
            {%- for m in messages -%}
            {{ m.role }}:{{ m.content }};
            {%- endfor -%}
            {%- if add_generation_prompt -%}assistant:{%- endif -%}
            {{ suffix }}{{ reasoning_effort }}{{ enable_thinking }}{{ documents }}\
            """;

    private static final String TALK =
            "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"},"
                    + " {\"role\": \"assistant\", \"content\": \"Once\"}]";

    /** A value of the field that asks for something. */
    private static final Map<String, String> EXAMPLES =
            examples(
                    """
                    adapter_id = "a"
                    add_generation_prompt = false
                    add_special_tokens = CHANGED
                    allowed_token_ids = [5]
                    audio = {"voice": "alloy", "format": "mp3"}
                    bad_words = ["x"]
                    best_of = 2
                    cache_prompt = false
                    cache_salt = "salt"
                    custom_logit_processor = "code"
                    chat_template = "{{ messages }}"
                    chat_template_kwargs = {"suffix": "x"}
                    continue_final_message = true
                    documents = [{"title": "t", "text": "x"}]
                    draft_model = "small"
                    dry_allowed_length = 3
                    dry_base = 2
                    dry_multiplier = 1
                    dry_penalty_last_n = 9
                    dry_sequence_breakers = ["x"]
                    dynatemp_exponent = 2
                    dynatemp_range = 0.5
                    ebnf = "root ::= x"
                    echo = true
                    enable_thinking = true
                    frequency_penalty = 1
                    function_call = {"name": "f"}
                    functions = [{"name": "f"}]
                    grammar = "root ::= x"
                    guided_choice = ["x"]
                    guided_grammar = "root ::= x"
                    guided_json = {"type": "object"}
                    guided_regex = "x"
                    id_slot = 1
                    ignore_eos = true
                    include_stop_str_in_output = true
                    input_ids = [5]
                    json_schema = {"type": "object"}
                    keep_alive = "5m"
                    length_penalty = 2
                    logit_bias = {"5": 1}
                    logprob_token_ids = [5]
                    logprobs = CHANGED
                    lora = [{"id": 0}]
                    lora_path = "a"
                    max_completion_tokens = 1
                    max_tokens = 1
                    messages = [{"role": "user", "content": "Ho"}]
                    metadata = {"a": "b"}
                    min_keep = 2
                    min_p = 0.1
                    min_tokens = 3
                    mirostat = 2
                    mirostat_eta = 0.2
                    mirostat_tau = 4
                    modalities = ["text", "audio"]
                    model = "other"
                    moderation = {"model": "m"}
                    n = 2
                    n_discard = 5
                    n_indent = 2
                    n_keep = 5
                    n_predict = 1
                    n_probs = 2
                    no_stop_trim = true
                    parallel_tool_calls = false
                    post_sampling_probs = true
                    prediction = {"type": "content", "content": "x"}
                    presence_penalty = 1
                    priority = 1
                    prompt = "B"
                    prompt_cache_key = "x"
                    prompt_cache_options = {"mode": "implicit"}
                    prompt_cache_retention = "24h"
                    prompt_logprobs = 1
                    reasoning_effort = "low"
                    regex = "x"
                    repeat_last_n = 5
                    repeat_penalty = 1.1
                    repetition_detection = {"max_pattern_size": 20}
                    repetition_penalty = 1.1
                    request_id = "mine"
                    response_fields = ["content"]
                    response_format = {"type": "json_object"}
                    return_hidden_states = true
                    return_progress = true
                    return_token_ids = true
                    return_tokens = true
                    return_tokens_as_token_ids = true
                    rid = "mine"
                    safety_identifier = "x"
                    samplers = ["top_k"]
                    seed = 7
                    service_tier = "flex"
                    skip_special_tokens = false
                    spaces_between_special_tokens = false
                    sse_ping_interval = 1
                    stop = "k"
                    stop_regex = "k+"
                    stop_token_ids = [107]
                    store = true
                    stream = true
                    stream_interval = 5
                    stream_options = {"include_usage": true}
                    structured_outputs = {"regex": "x"}
                    suffix = "x"
                    t_max_predict_ms = 100
                    temperature = 0.5
                    tfs_z = 0.9
                    tfz = 0.9
                    timings_per_token = true
                    tool_choice = "required"
                    tools = [{"type": "function", "function": {"name": "f"}}]
                    top_k = 3
                    top_logprobs = 2
                    top_n_sigma = 1
                    top_p = 0.5
                    truncate_prompt_tokens = 1
                    truncation_side = "right"
                    ttl = 60
                    typical = 0.5
                    typical_p = 0.5
                    use_beam_search = true
                    user = "x"
                    verbosity = "low"
                    watermark = true
                    web_search_options = {"search_context_size": "low"}
                    xtc_probability = 0.5
                    xtc_threshold = 0.3
                    """);

    /** Other fields without which one has no meaning. */
    private static final Map<String, String> CONTEXTS =
            examples(
                    """
                    continue_final_message = TALK
                    dry_sequence_breakers = "dry_multiplier": 1
                    echo = TALK, "continue_final_message": true
                    include_stop_str_in_output = "stop": "k"
                    logprob_token_ids = "logprobs": CHANGED
                    no_stop_trim = "stop": "k"
                    post_sampling_probs = "logprobs": CHANGED
                    return_progress = "stream": true
                    return_tokens_as_token_ids = "logprobs": CHANGED
                    stream_options = "stream": true
                    top_logprobs = "logprobs": true
                    truncation_side = "truncate_prompt_tokens": 1
                    """);

    /** What no answer shows; {@link ExtensionsTest} has a test of its own for it. */
    private static final Set<String> ONLY_ON_THE_LINE = Set.of("sse_ping_interval");

    private static Harness harness;

    @BeforeAll
    static void start() throws IOException {
        FakeBackend backend = new FakeBackend();
        backend.script = (_, _) -> List.of((int) 'o', ByteTokenizer.BOS, (int) 'k').iterator();
        harness =
                Harness.start(
                        Harness.OPTIONS,
                        backend,
                        Harness.model(backend, ByteTokenizer.fillingGaps(), TEMPLATE));
    }

    @AfterAll
    static void stop() {
        harness.close();
    }

    private static Map<String, String> examples(String lines) {
        return lines.lines()
                .map(line -> line.split(" = ", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** One row, and what is sent for it. */
    private record Row(String path, ApiField field) {
        @Override
        public String toString() {
            return path + " " + field.name();
        }

        String context() {
            String context = CONTEXTS.getOrDefault(field.name(), "\"n\": 1");
            boolean fits = path.equals(CHAT) || !context.contains("TALK");
            return inDialect(fits ? context : "\"n\": 1");
        }

        String example() {
            String example = EXAMPLES.getOrDefault(field.name(), "");
            assertThat(example).as("an example for the row %s", field.name()).isNotEmpty();
            return inDialect(example);
        }

        /** The values of fields that differ between the endpoints. */
        private String inDialect(String text) {
            boolean forLogprobs = text.contains("logprobs") || field.name().equals("logprobs");
            return text.replace("TALK", TALK)
                    .replace("CHANGED", path.equals(CHAT) ? "true" : forLogprobs ? "1" : "false");
        }
    }

    private static Stream<Row> rows() {
        return Map.of(COMPLETIONS, CompletionFields.TABLE, CHAT, ChatCompletionFields.TABLE)
                .entrySet()
                .stream()
                .flatMap(table -> rows(table.getKey(), table.getValue()));
    }

    private static Stream<Row> rows(String path, FieldTable table) {
        return table.fields().stream().map(field -> new Row(path, field));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyRowIsTrue(Row row) throws Exception {
        String name = row.field().name();
        String with = row.context() + ", \"" + name + "\": " + row.example();
        switch (row.field().treatment()) {
            case HONOURED -> {
                boolean shows = !ONLY_ON_THE_LINE.contains(name);
                assertThat(observed(row.path(), with).equals(observed(row.path(), row.context())))
                        .isNotEqualTo(shows);
            }
            case IGNORED ->
                    assertThat(observed(row.path(), with))
                            .startsWith("200")
                            .isEqualTo(observed(row.path(), row.context()));
            case REFUSED -> {
                Reply reply = harness.post(row.path(), body(row.path(), with));
                assertThat(reply.status()).as(reply.body()).isEqualTo(400);
                assertThat(reply.text("error.param")).isEqualTo(name);
                assertThat(reply.text("error.code")).isEqualTo("unsupported_parameter");
                assertThat(reply.text("error.message")).contains(row.field().note());
            }
        }
    }

    private static Stream<Row> rowsOfOpenAi() {
        return rows().filter(row -> row.field().origin() == ApiField.Origin.OPENAI);
    }

    @ParameterizedTest
    @MethodSource("rowsOfOpenAi")
    void theExamplesOfOpenAisFieldsFitItsDescription(Row row) {
        String schema =
                row.path().equals(CHAT) ? "CreateChatCompletionRequest" : "CreateCompletionRequest";
        String fields = row.context() + ", \"" + row.field().name() + "\": " + row.example();
        assertThat(OpenApi.load().problems(Json.parse(body(row.path(), fields)), schema)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void nullIsAsGoodAsAbsent(Row row) throws Exception {
        if (Set.of("model", "messages", "prompt").contains(row.field().name())) {
            return;
        }
        assertThat(observed(row.path(), row.context() + ", \"" + row.field().name() + "\": null"))
                .startsWith("200")
                .isEqualTo(
                        observed(
                                row.path(),
                                row.context().contains("\"" + row.field().name() + "\"")
                                        ? "\"n\": 1"
                                        : row.context()));
    }

    private static String body(String path, String fields) {
        String base =
                path.equals(CHAT)
                        ? "\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]"
                        : "\"prompt\": \"AB\"";
        // Of a name given twice the last value counts.
        return Harness.body(base + ", " + fields);
    }

    /** All that can be seen of a request: the answer but for what is random, and the work. */
    private static String observed(String path, String fields) throws Exception {
        harness.backend.requests.clear();
        Reply reply = harness.post(path, body(path, fields));
        String work =
                harness.backend.requests.stream()
                        .map(ApiSupportTest::shown)
                        .collect(Collectors.joining("\n"));
        String answer =
                reply.body()
                        .replaceAll("cmpl-[0-9a-f]{32}", "cmpl-random")
                        .replaceAll("\"created\":\\d+", "\"created\":0");
        return reply.status() + " " + answer + "\n" + work;
    }

    private static String shown(GenerationRequest request) {
        return Arrays.toString(request.promptTokens())
                + request.toString().replaceAll("\\[I@[0-9a-f]+", "");
    }
}
