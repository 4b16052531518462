"""Writes GGUF files, version 3, and reads them back: as much of the format as our own model needs."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

ALIGNMENT = 32
F32, Q8_0 = 0, 8
_Q8_0_BLOCK = 32

_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_NUMBERS = {_UINT32: "<I", _INT32: "<i", _FLOAT32: "<f", _BOOL: "<?"}


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value) -> tuple[int, bytes]:
    """Type and bytes of a metadata value. Numbers of arrays are signed, single ones are not, as GGUF readers expect."""
    match value:
        case bool():
            return _BOOL, struct.pack("<?", value)
        case int():
            return _UINT32, struct.pack("<I", value)
        case float():
            return _FLOAT32, struct.pack("<f", value)
        case str():
            return _STRING, _string(value)
        case [str(), *_]:
            return _ARRAY, struct.pack("<IQ", _STRING, len(value)) + b"".join(map(_string, value))
        case [int(), *_]:
            return _ARRAY, struct.pack("<IQ", _INT32, len(value)) + struct.pack(f"<{len(value)}i", *value)
    raise TypeError(f"no GGUF type for {value!r}")


def _q8_0(matrix: Tensor) -> bytes:
    """Blocks of 32 values: a half float scale, then 32 signed bytes."""
    blocks = matrix.float().reshape(-1, _Q8_0_BLOCK)
    scales = blocks.abs().amax(1, keepdim=True) / 127
    values = torch.where(scales > 0, blocks / scales, 0).round().to(torch.int8)
    return torch.cat([scales.half().view(torch.uint8).reshape(-1, 2), values.view(torch.uint8)], 1).numpy().tobytes()


def _encode(tensor: Tensor) -> tuple[int, bytes]:
    """Matrices as Q8_0, vectors as they are."""
    tensor = tensor.detach().cpu().contiguous()
    if tensor.dim() == 2:
        return Q8_0, _q8_0(tensor)
    return F32, tensor.float().numpy().tobytes()


def write(path: Path, metadata: dict, tensors: dict[str, Tensor]) -> None:
    """Writes the file whole. Tensors: row-major, rows × columns, as PyTorch has them."""
    encoded = {name: _encode(tensor) for name, tensor in tensors.items()}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        kind, data = _value(value)
        head += _string(key) + struct.pack("<I", kind) + data
    offset = 0
    for name, (kind, data) in encoded.items():
        sizes = tensors[name].shape[::-1]
        head += _string(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, offset)
        offset += len(data) + -len(data) % ALIGNMENT
    with path.open("wb") as file:
        file.write(head + b"\0" * (-len(head) % ALIGNMENT))
        for _, data in encoded.values():
            file.write(data + b"\0" * (-len(data) % ALIGNMENT))


def read(path: Path) -> tuple[dict, dict[str, Tensor]]:
    """Metadata and tensors, as float32, of a file that `write` wrote."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF" or _unpack(file, "<I") != 3:
            raise ValueError(f"{path}: not a GGUF file of version 3")
        tensor_count, value_count = _unpack(file, "<Q"), _unpack(file, "<Q")
        metadata = {_read_string(file): _read_value(file, _unpack(file, "<I")) for _ in range(value_count)}
        directory = []
        for _ in range(tensor_count):
            name = _read_string(file)
            sizes = [_unpack(file, "<Q") for _ in range(_unpack(file, "<I"))]
            directory.append((name, sizes[::-1], _unpack(file, "<I"), _unpack(file, "<Q")))
        start = file.tell() + -file.tell() % ALIGNMENT
        tensors = {}
        for name, shape, kind, offset in directory:
            file.seek(start + offset)
            tensors[name] = _decode(file, kind, shape)
    return metadata, tensors


def _unpack(file: BinaryIO, layout: str):
    return struct.unpack(layout, file.read(struct.calcsize(layout)))[0]


def _read_string(file: BinaryIO) -> str:
    return file.read(_unpack(file, "<Q")).decode()


def _read_value(file: BinaryIO, kind: int):
    if kind == _STRING:
        return _read_string(file)
    if kind == _ARRAY:
        item_kind, count = _unpack(file, "<I"), _unpack(file, "<Q")
        return [_read_value(file, item_kind) for _ in range(count)]
    return _unpack(file, _NUMBERS[kind])


def _decode(file: BinaryIO, kind: int, shape: list[int]) -> Tensor:
    count = torch.Size(shape).numel()
    if kind == F32:
        return torch.frombuffer(bytearray(file.read(4 * count)), dtype=torch.float32).reshape(shape)
    blocks = count // _Q8_0_BLOCK
    data = torch.frombuffer(bytearray(file.read(blocks * (2 + _Q8_0_BLOCK))), dtype=torch.uint8).reshape(blocks, -1)
    scales = data[:, :2].contiguous().view(torch.float16).float()
    return (data[:, 2:].contiguous().view(torch.int8).float() * scales).reshape(shape)
