package dev.parlance.app.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parlance.app.bench.serve.FakeServer;
import dev.parlance.engine.chat.ChatMessage;
import dev.parlance.engine.chat.Role;
import dev.parlance.engine.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

@Timeout(60)
class ServerPartnerTest {
    private static final List<ChatMessage> QUESTION = List.of(ChatMessage.of(Role.USER, "Hi"));

    private final StringBuilder shown = new StringBuilder();

    @Test
    void asksTheFirstModelWithTheSettingsAndTheKey() throws Exception {
        try (FakeServer server = FakeServer.talking();
                ServerPartner partner =
                        new ServerPartner(
                                URI.create(server.url() + "/"),
                                Optional.empty(),
                                Optional.of("secret"))) {
            ChatSettings settings =
                    ChatSettings.NONE
                            .with(ChatSetting.MAX_TOKENS, "2")
                            .with(ChatSetting.TEMPERATURE, "0.5");

            ChatAnswer answer = partner.answer(QUESTION, settings, shown::append);

            assertThat(answer.text()).isEqualTo(" word word").isEqualTo(shown.toString());
            assertThat(answer.tokens()).hasValue(2);
            assertThat(answer.end()).isEqualTo(ChatAnswer.End.COMPLETE);
            FakeServer.Request request = server.requests().getLast();
            assertThat(request.headers()).containsEntry("authorization", "Bearer secret");
            assertThat(request.json())
                    .isEqualTo(
                            Json.parse(
                                    """
                                    {"stream": true, "stream_options": {"include_usage": true},
                                     "model": "fake", "messages": [{"role": "user", "content": "Hi"}],
                                     "temperature": 0.5, "max_tokens": 2}
                                    """));
        }
    }

    @Test
    void anAnswerCanBeCutAndNeedNotTellItsUsage() throws Exception {
        ChatAnswer answer =
                answer((_, reply) -> {
                    reply.begin();
                    reply.event("{\"choices\": [{\"delta\": {\"reasoning_content\": \"Hm\"}}]}");
                    reply.event("{\"choices\": [{\"delta\": {}, \"finish_reason\": \"length\"}]}");
                    reply.endStream();
                });

        assertThat(answer.text()).isEqualTo("Hm");
        assertThat(answer.tokens()).isEmpty();
        assertThat(answer.end()).isEqualTo(ChatAnswer.End.LIMIT);
    }

    @Test
    void interruptingEndsTheExchangeAndKeepsWhatCame() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (FakeServer server =
                        new FakeServer((_, reply) -> {
                            reply.begin();
                            reply.piece("so far");
                            reply.awaitClientGone();
                            gone.countDown();
                        });
                ServerPartner partner = partner(server)) {
            ChatAnswer answer =
                    partner.answer(QUESTION, ChatSettings.NONE, _ -> partner.interrupt());

            assertThat(answer.text()).isEqualTo("so far");
            assertThat(answer.end()).isEqualTo(ChatAnswer.End.INTERRUPTED);
            gone.await();
        }
    }

    @Test
    void aConnectionThatWasClosedBeforeTheAnswerIsReplaced() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);

        ChatAnswer answer =
                answer((request, reply) -> {
                    if (first.getAndSet(false)) {
                        reply.cut();
                    } else {
                        FakeServer.talk(request, reply);
                    }
                });

        assertThat(answer.text()).isEqualTo(" word");
    }

    @Test
    void whatGoesWrongIsSaid() {
        assertFails(
                (_, reply) -> reply.json(429, "{\"error\": {\"message\": \"too busy\"}}"),
                "answers with status 429: too busy");
        assertFails((_, reply) -> reply.json(502, "bad gateway"), "status 502: bad gateway");
        assertFails(
                (_, reply) -> {
                    reply.begin();
                    reply.piece("some");
                    reply.cut();
                },
                "the connection was lost");
        assertFails(
                (_, reply) -> {
                    reply.begin();
                    reply.piece("some");
                    reply.endStream();
                },
                "the answer broke off");
        assertFails(
                (_, reply) -> {
                    reply.begin();
                    reply.event("{\"error\": {\"message\": \"out of luck\"}}");
                    reply.endStream();
                },
                "out of luck");
        assertFails(
                (_, reply) -> {
                    reply.begin();
                    reply.event("{no");
                    reply.endStream();
                },
                "the server sends what is no answer");
    }

    @Test
    void aServerWithoutModelsNeedsAName() throws Exception {
        try (FakeServer server = new FakeServer((_, reply) -> reply.json(200, "{}"))) {
            assertThatThrownBy(() ->
                            new ServerPartner(
                                    URI.create(server.url()), Optional.empty(), Optional.empty()))
                    .isInstanceOf(ChatException.class)
                    .hasMessageEndingWith("lists no model; give its name with --model");
        }
    }

    @Test
    void aUrlWithoutItsEndIsRemarkedOn() throws Exception {
        try (FakeServer server = new FakeServer((_, reply) -> reply.json(404, "not here"))) {
            URI withoutPath = URI.create(server.url()).resolve("/");
            assertThatThrownBy(() ->
                            new ServerPartner(withoutPath, Optional.empty(), Optional.empty()))
                    .isInstanceOf(ChatException.class)
                    .hasMessageEndingWith("status 404: not here; most servers' URLs end with /v1");
        }
    }

    private static ServerPartner partner(FakeServer server) throws InterruptedException {
        return new ServerPartner(URI.create(server.url()), Optional.of("some"), Optional.empty());
    }

    private ChatAnswer answer(FakeServer.Handler handler) throws Exception {
        try (FakeServer server = new FakeServer(handler);
                ServerPartner partner = partner(server)) {
            return partner.answer(
                    QUESTION, ChatSettings.NONE.with(ChatSetting.MAX_TOKENS, "1"), shown::append);
        }
    }

    private void assertFails(FakeServer.Handler handler, String message) {
        assertThatThrownBy(() -> answer(handler))
                .isInstanceOf(ChatException.class)
                .hasMessageContaining(message);
    }
}
