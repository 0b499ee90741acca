"""A classifier loaded from its files: texts in, chances of the three labels out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from listener.scoring.transformer.files import Files, NoModel
from listener.scoring.transformer.labels import Meaning, StrangeLabels, meanings

MOST_TOKENS = 512
"""Tokens that are read where the model names no limit."""

_OFFSET_KINDS = ("roberta", "camembert", "xlm-roberta")
"""Kinds of model whose places are counted from behind the padding's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What the model gives to each label; they add up to 1. `cut` says that the text was longer than it can read."""

    negative: float
    neutral: float
    positive: float
    cut: bool = False

    @property
    def best(self) -> Meaning:
        told: dict[Meaning, float] = {
            "neutral": self.neutral,
            "negative": self.negative,
            "positive": self.positive,
        }
        return max(told, key=lambda meaning: told[meaning])

    @property
    def surest(self) -> float:
        return max(self.negative, self.neutral, self.positive)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A loaded model. One text, or batch, at a time: the tokenizer changes its own settings while it works."""

    tokenizer: Any
    model: Any
    device: str
    classes: tuple[Meaning, ...]
    most_tokens: int
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def read(self, asked: Sequence[tuple[str, str | None]], *, batch: int) -> Iterator[Chances]:
        """The chances of each text, with its second text where the model takes two; in order, `batch` at a time."""
        waiting = iter(asked)
        while several := list(islice(waiting, batch)):
            with self.lock:
                told = self._read(several)
            yield from told

    def _read(self, several: Sequence[tuple[str, str | None]]) -> list[Chances]:
        import torch

        texts = [text for text, _ in several]
        seconds = [second for _, second in several if second is not None]
        tokens = self.tokenizer(
            texts,
            seconds or None,
            truncation="longest_first",
            max_length=self.most_tokens,
            padding=True,
            return_tensors="pt",
        ).to(self.device)
        with torch.inference_mode():
            shares = torch.softmax(self.model(**tokens).logits.float(), dim=-1).tolist()
        lengths = tokens["attention_mask"].sum(dim=1).tolist()
        return [
            self._chances(row, cut=length >= self.most_tokens)
            for row, length in zip(shares, lengths, strict=True)
        ]

    def _chances(self, row: Sequence[float], *, cut: bool) -> Chances:
        told: dict[Meaning, float] = {"negative": 0.0, "neutral": 0.0, "positive": 0.0}
        for meaning, share in zip(self.classes, row, strict=True):
            told[meaning] += share
        return Chances(**told, cut=cut)


def load(files: Files, *, device: str) -> Network:
    """The model of these files; never asks the network, runs no code that lies beside them, reads no pickle. Raises NoModel."""
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    told = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(files.folder, use_fast=True, **told)
        model = AutoModelForSequenceClassification.from_pretrained(
            files.folder, use_safetensors=True, dtype=torch.float32, **told
        )
        model = model.to(torch.device(device)).eval()
        classes = meanings([model.config.id2label[number] for number in sorted(model.config.id2label)])
    except StrangeLabels as strange:
        raise NoModel(str(strange)) from None
    except (SafetensorError, OSError, ValueError, LookupError, TypeError, RuntimeError, ImportError) as error:
        raise NoModel(f"it cannot be loaded: {_first_line(error)}") from None
    return Network(
        tokenizer=tokenizer,
        model=model,
        device=device,
        classes=classes,
        most_tokens=_most_tokens(tokenizer, model.config),
    )


def _most_tokens(tokenizer: Any, settings: Any) -> int:  # noqa: ANN401 - as the library has them
    """What model and tokenizer can both read."""
    limits = [MOST_TOKENS, tokenizer.model_max_length]
    places = getattr(settings, "max_position_embeddings", None)
    if places is not None:
        kind = getattr(settings, "model_type", "")
        limits.append(places - (settings.pad_token_id or 0) - 1 if kind in _OFFSET_KINDS else places)
    return int(min(limits))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
