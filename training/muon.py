"""Muon: momentum whose matrix updates are made orthogonal (Jordan et al., 2024)."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch import Tensor


def orthogonalise(update: Tensor, steps: int = 5) -> Tensor:
    """The nearest orthogonal matrices, about, of a stack of matrices (stack × rows × columns), by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = update.bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


def _shared_out(updates: Tensor) -> Tensor:
    """`orthogonalise`, each process doing its part of the stack where there are several and the stack can be divided."""
    count = dist.get_world_size() if dist.is_initialized() else 1
    if count == 1 or len(updates) % count:
        return orthogonalise(updates)
    parts = list(torch.empty_like(updates).chunk(count))
    dist.all_gather(parts, orthogonalise(updates.chunk(count)[dist.get_rank()]).contiguous())
    return torch.cat(parts)


class Muon(torch.optim.Optimizer):
    """For weight matrices only; matrices of one shape are computed as one stack."""

    def __init__(self, matrices: list[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[Tensor]] = {}
            for matrix in group["params"]:
                by_shape.setdefault(matrix.shape, []).append(matrix)
            for shape, matrices in by_shape.items():
                update = _shared_out(torch.stack(self._looked_ahead(matrices, group["momentum"])))
                # An orthogonal update of any shape then changes a weight by about 0.2 × lr, as Adam would.
                size = 0.2 * max(shape) ** 0.5
                torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(matrices, list(update), alpha=-group["lr"] * size)

    def _looked_ahead(self, matrices: list[Tensor], momentum: float) -> list[Tensor]:
        """Nesterov's momentum of every gradient."""
        for matrix in matrices:
            if not self.state[matrix]:
                self.state[matrix]["momentum"] = torch.zeros_like(matrix)
        gradients = [matrix.grad for matrix in matrices]
        averages = [self.state[matrix]["momentum"] for matrix in matrices]
        torch._foreach_lerp_(averages, gradients, 1 - momentum)
        return torch._foreach_lerp(gradients, averages, momentum)
