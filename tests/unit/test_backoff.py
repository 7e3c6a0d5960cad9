"""Pauses grow to their bound and begin again after a success."""

from __future__ import annotations

from random import Random

from shared.backoff import JITTER, Backoff


def test_pauses_double_to_the_bound_with_jitter_and_begin_again_after_a_success() -> None:
    backoff = Backoff(0.25, 2.0, Random(1))
    pauses = [backoff.next() for _ in range(6)]
    for pause, mean in zip(pauses, [0.25, 0.5, 1.0, 2.0, 2.0, 2.0], strict=True):
        assert JITTER[0] * mean <= pause <= JITTER[1] * mean
    assert len(set(pauses)) == len(pauses)
    backoff.reset()
    assert backoff.next() <= JITTER[1] * 0.25
