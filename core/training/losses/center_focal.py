"""The loss of boxes by their centres: a map of each class's centres, and at each how large its box is.

CenterNet (Zhou et al., 2019).
Raw scores are a map (K, B, rows, columns, classes + 4): of each place how likely the centre of a box of each class lies
there, then how much wider and higher than usual it is (logarithms), and how far right and down in its place it lies.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from core.contracts import Task
from core.contracts.boxes import FOUND, KNOWN, detection_of
from core.training.losses import gradient_by_autograd

_OF_BOX = 4
_USUAL = 6.0  # places: boxes are learned as multiples of it
_SPREAD = 1 / 6  # of a box's size: how far from a centre a place is still nearly right
_LEAST_SPREAD, _LEAST_SIZE = 0.35, 0.3  # places
_LEAST_SHARE = 0.01
_CANDIDATES, _ALIKE, _FAINTEST = 72, 0.45, 0.02
_STEPS = 4096.0  # of a score, and of an end: a few bits tell them


class CenterFocal:
    """Focal loss of the maps and a smooth absolute error of the boxes, over the number of boxes."""

    name = "center_focal"
    scale_target = False
    has_classes = False

    def num_outputs(self, task: Task) -> int:
        """Of a place."""
        return len(detection_of(task).classes) + _OF_BOX

    def start(self, target_NT: Tensor, task: Task) -> Tensor:
        """Log-odds of a centre of each class at a place, and a box of the usual size in its middle."""
        asked = detection_of(task)
        kind, _ends = _known(target_NT)
        places = len(target_NT) * asked.grid[0] * asked.grid[1]
        share = torch.stack([(kind == one).sum() for one in range(len(asked.classes))]) / places
        odds = torch.logit(share.clamp(_LEAST_SHARE, 0.5)).to(target_NT.dtype)
        return torch.cat([odds, odds.new_zeros(_OF_BOX)])

    def loss(self, raw_KBO: Tensor, target_KBT: Tensor, weight_KB: Tensor, task: Task) -> Tensor:
        """Also of the same raw scores everywhere, (K, B, classes + 4)."""
        asked = detection_of(task)
        rows, columns = raw_KBO.shape[2:4] if raw_KBO.dim() > 3 else asked.grid
        raw = raw_KBO if raw_KBO.dim() > 3 else raw_KBO[:, :, None, None].expand(-1, -1, rows, columns, -1)
        kind, ends = _known(target_KBT)
        is_there = (kind >= 0).to(raw.dtype)
        scale = torch.tensor([columns, rows], dtype=raw.dtype, device=raw.device)
        centre, size = (ends[..., :2] + ends[..., 2:]) / 2 * scale, (ends[..., 2:] - ends[..., :2]) * scale
        place = torch.minimum(centre.floor().clamp_min(0), scale - 1)
        of_map = _focal(raw[..., :-_OF_BOX], _heat(kind, place, size, rows, columns, len(asked.classes)))
        at = (place[..., 1] * columns + place[..., 0]).long()
        box = raw[..., -_OF_BOX:].flatten(2, 3).gather(2, at[..., None].expand(-1, -1, -1, _OF_BOX))
        wanted = torch.cat([(size.clamp_min(_LEAST_SIZE) / _USUAL).log(), centre - place - 0.5], dim=-1)
        of_box = functional.smooth_l1_loss(box, wanted, reduction="none", beta=0.2).sum(-1) * is_there
        lost = (of_map + of_box.sum(-1)) * weight_KB
        boxes = (is_there.sum(-1) * weight_KB).sum(1)
        one = weight_KB.sum(1) / (weight_KB > 0).sum(1).clamp_min(1)  # what a box of these pictures counts
        return lost.sum(1) / torch.where(boxes > 0, boxes, one).clamp_min(1e-12)

    def predict(self, raw_KBO: Tensor) -> Tensor:
        """The peaks of the maps as boxes (K, B, O), as core.contracts.boxes has them: the surest first, without those
        that overlap a surer one of their class by nearly half."""
        if raw_KBO.dim() <= 3:  # the same everywhere has no peak
            return raw_KBO.new_zeros(*raw_KBO.shape[:2], FOUND * (_OF_BOX + 2))
        members, pictures, rows, columns, _ = raw_KBO.shape
        raw = raw_KBO.detach().flatten(0, 1).float()
        chance = raw[..., :-_OF_BOX].sigmoid().permute(0, 3, 1, 2)
        peak = chance * (chance == functional.max_pool2d(chance, 3, 1, 1))
        score, at = peak.flatten(1).topk(min(_CANDIDATES, peak[0].numel()), dim=1)
        kind, at = at // (rows * columns), at % (rows * columns)
        box = raw[..., -_OF_BOX:].flatten(1, 2).gather(1, at[..., None].expand(-1, -1, _OF_BOX))
        place = torch.stack([at % columns, at // columns], dim=-1) + 0.5 + box[..., 2:].clamp(-2, 2)
        half = box[..., :2].clamp(-4, 3).exp() * (_USUAL / 2)
        scale = place.new_tensor([columns, rows])
        ends = torch.cat([(place - half) / scale, (place + half) / scale], dim=-1).clamp(0, 1)
        score = torch.where(_suppressed(kind, ends) | (score < _FAINTEST), 0.0, score)
        score, order = score.sort(dim=1, descending=True, stable=True)
        slots = torch.cat([kind[..., None], score[..., None], ends.gather(1, order[..., None].expand(-1, -1, 4))], -1)
        slots[..., 0] = kind.gather(1, order)
        slots = slots * (score > 0)[..., None]
        slots[..., 1:] = (slots[..., 1:] * _STEPS).round() / _STEPS
        slots = functional.pad(slots[:, :FOUND], (0, 0, 0, max(0, FOUND - slots.shape[1])))
        return slots.reshape(members, pictures, -1)

    def written(self) -> list[str]:
        return [
            "rows, columns = raw.shape[2:4]",
            f"chance = raw[0, ..., :-{_OF_BOX}].sigmoid().permute(0, 3, 1, 2)",
            "peak = chance * (chance == functional.max_pool2d(chance, 3, 1, 1))  # of each class's map",
            f"score, at = peak.flatten(1).topk(min({_CANDIDATES}, raw[0, 0, ..., {_OF_BOX}:].numel()), dim=1)",
            "kind, at = at // (rows * columns), at % (rows * columns)",
            f"box = raw[0, ..., -{_OF_BOX}:].flatten(1, 2).gather(1, at[..., None].expand(-1, -1, {_OF_BOX}))",
            "place = torch.stack([at % columns, at // columns], dim=-1) + 0.5 + box[..., 2:].clamp(-2, 2)",
            f"half = box[..., :2].clamp(-4, 3).exp() * {_USUAL / 2}",
            "scale = torch.tensor([columns, rows], dtype=torch.float32)",
            "ends = torch.cat([(place - half) / scale, (place + half) / scale], dim=-1).clamp(0, 1)",
            "size = ends[..., 2:] - ends[..., :2]",
            "area = size[..., 0] * size[..., 1]",
            "a, b = ends[:, :, None], ends[:, None]",
            "shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_min(0)",
            "shared = shared[..., 0] * shared[..., 1]",
            f"alike = shared > {_ALIKE} * (area[:, :, None] + area[:, None] - shared)",
            "alike = alike & (kind[:, :, None] == kind[:, None])",
            "alike = alike & torch.ones(alike.shape[1:], dtype=torch.bool).triu(1)",
            "gone = kind < 0  # a box goes where a surer one of its class that stays overlaps it by nearly half",
            "for surer in range(kind.shape[1]):",
            "    gone = gone | (alike[:, surer] & ~gone[:, surer : surer + 1])",
            f"score = torch.where(gone | (score < {_FAINTEST}), 0.0, score)",
            "score, order = score.sort(dim=1, descending=True)",
            "ends, kind = ends.gather(1, order[..., None].expand(-1, -1, 4)), kind.gather(1, order)[..., None]",
            f"told = (torch.cat([score[..., None], ends], -1) * {_STEPS}).round() / {_STEPS}",
            "slots = torch.cat([kind, told], -1) * (score > 0)[..., None]",
            f"each = functional.pad(slots[:, :{FOUND}], (0, 0, 0, max(0, {FOUND} - slots.shape[1]))).flatten(1)[None]",
        ]

    def joined(self, raw_KBO: Tensor) -> Tensor:
        """What several networks say together, (1, B, ...): the mean of their maps. Boxes themselves have no mean."""
        return raw_KBO.mean(0, keepdim=True)

    def moved(self, target_KBT: Tensor, moves_KB23: Tensor) -> Tensor:
        """The boxes of pictures whose pixels at x come from moves (x, 1), with x from -1 to 1: an ellipse in the old
        box stays one in the new. A box whose centre leaves the picture is gone."""
        kind, ends = _known(target_KBT)
        centre, half = ends[..., :2] + ends[..., 2:] - 1, ends[..., 2:] - ends[..., :2]
        back = torch.linalg.inv(moves_KB23[..., :2])[:, :, None]
        now = (back @ (centre - moves_KB23[:, :, None, :, 2])[..., None])[..., 0]
        wide = (back.square() @ half.square()[..., None])[..., 0].sqrt()
        stays = (kind >= 0) & (now.abs() < 1).all(-1)
        new = ((torch.cat([now - wide, now + wide], dim=-1) + 1) / 2).clamp(0, 1)
        return torch.cat([torch.where(stays, kind, -1)[..., None], new], dim=-1).reshape(target_KBT.shape)

    def gradient(self, raw_KBO: Tensor, target_KBT: Tensor, share_KB1: Tensor, task: Task) -> Tensor:
        return gradient_by_autograd(self, raw_KBO, target_KBT, share_KB1, task)


def _known(target: Tensor) -> tuple[Tensor, Tensor]:
    """The class of every box (..., G), -1 where there is none, and its ends (..., G, 4)."""
    slots = target.reshape(*target.shape[:-1], KNOWN, _OF_BOX + 1)
    return slots[..., 0], slots[..., 1:]


def _heat(kind: Tensor, place: Tensor, size: Tensor, rows: int, columns: int, classes: int) -> Tensor:
    """How near each place is to a centre of each class, (K, B, rows, columns, classes): 1 in a centre's own place, less
    around it, the farther the smaller the box is."""
    spread = (size * _SPREAD).clamp_min(_LEAST_SPREAD)
    across = torch.arange(columns, dtype=size.dtype, device=size.device)
    down = torch.arange(rows, dtype=size.dtype, device=size.device)
    near_x = torch.exp(-(((across - place[..., :1]) / spread[..., :1]) ** 2) / 2)
    near_y = torch.exp(-(((down - place[..., 1:]) / spread[..., 1:]) ** 2) / 2)
    near = near_y[..., :, None] * near_x[..., None, :]  # (K, B, G, rows, columns)
    return torch.stack([(near * (kind == one)[..., None, None]).amax(2) for one in range(classes)], dim=-1)


def _focal(raw: Tensor, heat: Tensor) -> Tensor:
    """The penalty-reduced focal loss (Law and Deng, 2018) summed over a picture's map, (K, B)."""
    chance = raw.sigmoid()
    right, wrong = functional.logsigmoid(raw), functional.logsigmoid(-raw)
    lost = torch.where(heat >= 1, (1 - chance) ** 2 * right, (1 - heat) ** 4 * chance**2 * wrong)
    return -lost.sum((-1, -2, -3))


def _suppressed(kind: Tensor, ends: Tensor) -> Tensor:
    """Which boxes (N, D), the surest first, overlap a surer one of their class that stays."""
    area = (ends[..., 2:] - ends[..., :2]).prod(-1)
    a, b = ends[:, :, None], ends[:, None]
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_min(0).prod(-1)
    union = area[:, :, None] + area[:, None] - shared
    alike = (shared > _ALIKE * union) & (kind[:, :, None] == kind[:, None])
    gone = torch.zeros_like(kind, dtype=torch.bool)
    for place in range(kind.shape[1]):
        later = alike[:, place].clone()
        later[:, : place + 1] = False
        gone |= later & ~gone[:, place : place + 1]
    return gone


LOSS = CenterFocal()
