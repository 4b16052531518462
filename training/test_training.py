"""Tests of the recipe: python3 -m unittest, in this folder. Those that need PyTorch skip themselves where it is missing."""

from __future__ import annotations

import random
import tempfile
import unittest
from itertools import islice
from pathlib import Path

import evaluate
import tokenizer as bpe
from chat_format import ANSWER, BEGIN, END_OF_TEXT, TURN_END, pieces, prompt_text
from corpus import mixture, values
from corpus.core import TEST, TRAIN, Conversation, Message, Source, is_held_out
from corpus.mixture import documents

try:
    import torch
except ImportError:
    torch = None


def some_documents(count: int, side: str = TRAIN):
    return list(islice(documents(Source("tests", side)), count))


class CorpusTest(unittest.TestCase):
    def test_same_seed_gives_same_documents(self):
        self.assertEqual(some_documents(50), some_documents(50))

    def test_values_stay_on_their_side_of_the_split(self):
        for side in (TRAIN, TEST):
            source = Source("split", side)
            for draw in (values.name, values.city, values.colour, values.pet_name, values.number):
                for _ in range(200):
                    self.assertEqual(is_held_out(draw(source)), side == TEST)

    def test_every_kind_of_document_can_be_drawn_on_both_sides(self):
        for side in (TRAIN, TEST):
            for kind in mixture.KINDS:
                self.assertTrue(pieces(mixture.document(Source("kinds", side), kind)))


class ChatFormatTest(unittest.TestCase):
    def test_only_answers_count_in_full(self):
        conversation = Conversation((Message("user", "Hello"), Message("assistant", "Hi there")))
        full = [piece.text for piece in pieces(conversation) if piece.weight == ANSWER]
        self.assertEqual(full, ["Hi there" + TURN_END])

    def test_prompt_is_the_beginning_of_the_whole(self):
        messages = (Message("system", "Be brief."), Message("user", "Hello"), Message("assistant", "Hi"))
        whole = "".join(piece.text for piece in pieces(Conversation(messages)))
        self.assertTrue(whole.startswith(prompt_text(Conversation(messages[:-1]))))

    def test_tools_are_declared_one_a_line(self):
        tool = {
            "name": "weather",
            "description": "Tells the weather.",
            "parameters": {
                "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "kelvin"]}},
                "required": ["city"],
            },
        }
        prompt = prompt_text(Conversation((Message("user", "Hi"),), (tool,)))
        self.assertIn("<tools>\nweather(city: string, unit?: celsius|kelvin): Tells the weather.\n</tools>", prompt)


class TokenizerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.texts = ["".join(piece.text for piece in pieces(document)) for _, document in some_documents(300)]
        cls.tokenizer = bpe.train(cls.texts, 600)

    def test_decoding_gives_the_text_back(self):
        for text in [*self.texts, "naïve café 漢字 🙂 \t\n\n x_y__z 12.5%"]:
            self.assertEqual(self.tokenizer.decode(self.tokenizer.encode(text)), text)

    def test_digits_are_tokens_of_their_own(self):
        self.assertEqual([self.tokenizer.tokens[i] for i in self.tokenizer.encode("2048")], list("2048"))

    def test_special_tokens_are_one_token_each(self):
        ids = self.tokenizer.encode(BEGIN + END_OF_TEXT)
        self.assertEqual(ids, [self.tokenizer.ids[BEGIN], self.tokenizer.ids[END_OF_TEXT]])


class EvaluationTest(unittest.TestCase):
    def test_interval_holds_the_share(self):
        low, high = evaluate.interval(95, 100)
        self.assertTrue(0.88 < low < 0.95 < high < 0.98)

    def test_an_empty_answer_is_wrong_everywhere(self):
        for case in evaluate.cases(seed=7, per_skill=5):
            self.assertIsNotNone(case.judge(""), case)


@unittest.skipIf(torch is None, "needs PyTorch")
class ModelTest(unittest.TestCase):
    def test_a_shard_is_the_same_every_time_and_batches_hold_all_of_it(self):
        from shards import batches, make_shard

        tokenizer = bpe.train(["some text to begin with"] * 3, 280)
        shard = make_shard(1, 0, tokenizer, longest=4096, size=100_000)
        self.assertEqual(shard, make_shard(1, 0, tokenizer, longest=4096, size=100_000))
        targets = sum(batch.targets() for batch in batches(shard, 16_384, random.Random(0)))
        self.assertEqual(targets, sum(weight > 0 for example in shard for weight in example.weights[1:]))

    def test_other_processes_make_the_same_batches_in_the_same_order(self):
        from shards import Shards

        tokenizer = bpe.train(["some text to begin with"] * 3, 280)
        shards = Shards(1, tokenizer, longest=4096, shard_tokens=20_000, batch_tokens=4096, fewest_rows=1)
        here, there = (list(shards.stream(range(3), workers)) for workers in (0, 2))
        self.assertEqual([len(batches) for batches in here], [len(batches) for batches in there])
        for ours, theirs in zip(sum(here, []), sum(there, [])):
            self.assertTrue(torch.equal(ours.ids, theirs.ids) and torch.equal(ours.weights, theirs.weights))

    def test_rows_of_a_head_are_reordered_to_neighbours(self):
        from export import neighbours

        rows = torch.arange(8.0).reshape(8, 1)
        self.assertEqual(neighbours(rows, 2).flatten().tolist(), [0, 2, 1, 3, 4, 6, 5, 7])

    def test_an_exported_model_is_read_back(self):
        import export
        import gguf
        from model import LanguageModel, Shape

        shape = Shape(vocabulary=320, width=64, layers=2, heads=4, kv_heads=2, hidden=96, context=32)
        model, copy = LanguageModel(shape), LanguageModel(shape)
        tokenizer = bpe.train(["some text to begin with"] * 3, 280)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.gguf"
            gguf.write(path, export.metadata(shape, tokenizer, "template"), export.tensors(model))
            metadata, stored = gguf.read(path)
        export.load(copy, stored)
        self.assertEqual(metadata["tokenizer.ggml.tokens"], tokenizer.tokens)
        for (name, weight), read in zip(model.named_parameters(), copy.parameters()):
            torch.testing.assert_close(read, weight, rtol=0, atol=float(weight.detach().abs().max()) / 120, msg=name)

    def test_an_answer_does_not_depend_on_what_comes_after_it(self):
        from model import LanguageModel, Shape

        model = LanguageModel(Shape(vocabulary=64, width=64, layers=2, heads=4, kv_heads=2, hidden=96, context=32))
        ids = torch.arange(16).reshape(1, 16)
        torch.testing.assert_close(model(ids)[:, :8], model(ids[:, :8]))


if __name__ == "__main__":
    unittest.main()
