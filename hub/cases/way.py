"""The progress bar of a case: which stages it went through, where it stands, what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.cases.labels import BESIDE_MAIN, MAIN_STAGES, OFF_THE_WAY
from hub.cases.models import CaseStage


@dataclass(frozen=True)
class Rung:
    """One stage on the bar."""

    stage: str
    done: bool
    here: bool = False


def way_of(stage: str, gone: Sequence[str] | None) -> list[Rung]:
    """The bar of a case that stands at a stage.

    Args:
        stage: where the case stands.
        gone: the stages it was taken to, oldest first; None where the reader does not know them
            (a partner sees the stage alone).

    A stage beside the straight way stands where it was entered. One that ends it (不予立案, 销案,
    移送管辖, 归档) stands last: what lies after it will not be, and a case archived without a
    decision was never decided.
    """
    at = CaseStage(stage)
    if at in MAIN_STAGES:
        return [Rung(one, _before(one, at), one == at) for one in MAIN_STAGES]
    if gone is None and at is CaseStage.ARCHIVED:
        return [Rung(stage, done=True, here=True)]
    beside = _beside(at, gone or [])
    known = [one for one in map(CaseStage, gone or []) if one in MAIN_STAGES]
    entered = known[-1] if known else BESIDE_MAIN[beside[0]]
    reached = [Rung(one, done=True) for one in MAIN_STAGES if _before(one, entered)]
    tail = [Rung(one, done=True, here=one == at) for one in beside]
    ahead = [] if at in OFF_THE_WAY else [one for one in MAIN_STAGES if not _before(one, entered)]
    return reached + tail + [Rung(one, done=False) for one in ahead]


def _before(one: CaseStage, other: CaseStage) -> bool:
    return MAIN_STAGES.index(one) <= MAIN_STAGES.index(other)


def _beside(at: CaseStage, gone: Sequence[str]) -> list[CaseStage]:
    """The stages beside the way by which it came to where it stands, in order."""
    if at is not CaseStage.ARCHIVED:
        return [at]
    last = next((CaseStage(one) for one in reversed(gone) if one != at), CaseStage.CLOSED)
    return [at] if last in MAIN_STAGES else [last, at]
