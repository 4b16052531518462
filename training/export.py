"""Turns a checkpoint into the GGUF file that ships with the program.

    python3 export.py --out out        writes out/parlance-tiny.gguf and out/parlance-tiny.gguf.sha256
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import torch
from torch import Tensor

import gguf
from chat_format import BEGIN, CONTROL_TOKENS, END_OF_TEXT, MARKUP_TOKENS, TURN_END
from model import LanguageModel, Shape
from tokenizer import Tokenizer

NAME = "parlance-tiny"
_NORMAL, _CONTROL, _USER_DEFINED = 1, 3, 4
_MOSTLY_Q8_0 = 7

_LAYER_TENSORS = {
    "attention_norm.gain": "attn_norm",
    "query.weight": "attn_q",
    "key.weight": "attn_k",
    "value.weight": "attn_v",
    "output.weight": "attn_output",
    "feed_forward_norm.gain": "ffn_norm",
    "gate.weight": "ffn_gate",
    "up.weight": "ffn_up",
    "down.weight": "ffn_down",
}


def neighbours(weight: Tensor, heads: int) -> Tensor:
    """Reorders a head's rows from halves (i with i + half) to neighbours (2i with 2i + 1), which GGUF's llama rotates."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def tensors(model: LanguageModel) -> dict[str, Tensor]:
    """The weights under GGUF's names. There is no output head: readers then use the embedding."""
    result = {"token_embd.weight": model.embedding.weight, "output_norm.weight": model.norm.gain}
    for number, layer in enumerate(model.layers):
        weights = dict(layer.named_parameters())
        for ours, theirs in _LAYER_TENSORS.items():
            weight = weights[ours]
            if ours == "query.weight":
                weight = neighbours(weight, model.shape.heads)
            elif ours == "key.weight":
                weight = neighbours(weight, model.shape.kv_heads)
            result[f"blk.{number}.{theirs}.weight"] = weight
    return result


def halves(weight: Tensor, heads: int) -> Tensor:
    """Undoes `neighbours`."""
    rows, columns = weight.shape
    return weight.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


@torch.no_grad()
def load(model: LanguageModel, stored: dict[str, Tensor]) -> None:
    """Gives the model the weights of an exported file: what `tensors` does, backwards."""
    model.embedding.weight.copy_(stored["token_embd.weight"])
    model.norm.gain.copy_(stored["output_norm.weight"])
    for number, layer in enumerate(model.layers):
        weights = dict(layer.named_parameters())
        for ours, theirs in _LAYER_TENSORS.items():
            weight = stored[f"blk.{number}.{theirs}.weight"]
            if ours == "query.weight":
                weight = halves(weight, model.shape.heads)
            elif ours == "key.weight":
                weight = halves(weight, model.shape.kv_heads)
            weights[ours].copy_(weight)


def metadata(shape: Shape, tokenizer: Tokenizer, template: str) -> dict:
    kinds = [_NORMAL] * (len(tokenizer.tokens) - len(CONTROL_TOKENS) - len(MARKUP_TOKENS))
    kinds += [_CONTROL] * len(CONTROL_TOKENS) + [_USER_DEFINED] * len(MARKUP_TOKENS)
    return {
        "general.architecture": "llama",
        "general.name": NAME,
        "general.author": "Parlance",
        "general.description": "A tiny demonstration model, trained from zero on text that its own recipe generates.",
        "general.license": "apache-2.0",
        "general.file_type": _MOSTLY_Q8_0,
        "general.quantization_version": 2,
        "llama.context_length": shape.context,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.hidden,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.kv_heads,
        "llama.attention.layer_norm_rms_epsilon": shape.norm_epsilon,
        "llama.rope.dimension_count": shape.head_width,
        "llama.rope.freq_base": shape.rope_base,
        "llama.vocab_size": shape.vocabulary,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokenizer.tokens,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": [f"{left} {right}" for left, right in tokenizer.merges],
        "tokenizer.ggml.bos_token_id": tokenizer.ids[BEGIN],
        "tokenizer.ggml.eos_token_id": tokenizer.ids[END_OF_TEXT],
        "tokenizer.ggml.eot_token_id": tokenizer.ids[TURN_END],
        "tokenizer.ggml.padding_token_id": tokenizer.ids[END_OF_TEXT],
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.chat_template": template,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder with tokenizer.json and checkpoint.pt")
    options = parser.parse_args()
    state = torch.load(options.out / "checkpoint.pt", map_location="cpu", weights_only=False)
    model = LanguageModel(state["shape"])
    model.load_state_dict(state["model"])
    template = (Path(__file__).parent / "chat_template.jinja").read_text()
    path = options.out / f"{NAME}.gguf"
    gguf.write(path, metadata(model.shape, Tokenizer.load(options.out / "tokenizer.json"), template), tensors(model))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (options.out / f"{NAME}.gguf.sha256").write_text(f"{digest}  {NAME}.gguf\n")
    print(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
