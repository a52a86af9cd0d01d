"""The answer to "whose side is this, may I act here?" as programs and screens read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from geo.limits import Position
from geo.locate import Location
from hub.locate.acts import MayAct, most_cautious
from hub.locate.index import LocateFacts, Party, ZoneFacts
from hub.locate.verdicts import Verdict, in_english, judge, short_name


@dataclass(frozen=True)
class Found:
    """A place, what geometry says of it, and the zones there that the asker is party to.

    Of `edges` the fix is too inaccurate to say whether the place lies inside.
    """

    place: Position
    spot: Location
    zones: tuple[ZoneFacts, ...]
    edges: tuple[ZoneFacts, ...] = ()


def answer_view(facts: LocateFacts, asker: str, found: Found) -> dict[str, Any]:
    """The whole answer for bureau `asker`.

    `answers` has one entry per jurisdiction in which the place may lie. While that is not certain,
    the `may_act` above them is what every one of them allows, so acting on it is never wrong.
    """
    spot = found.spot
    verdicts = _verdicts(facts, asker, found)
    sure = verdicts[0] if spot.certain else None
    shown = next((v for v in verdicts if v.zone is not None), None)
    return {
        "lon": found.place.lon,
        "lat": found.place.lat,
        "accuracy_m": found.place.accuracy_m,
        "certain": spot.certain,
        "jurisdiction": _jurisdiction(facts, spot.adcode),
        "side": _side(facts, asker, spot.adcode, found.zones),
        "may_act": str(_cautious(facts, asker, found, verdicts)),
        "reason": (sure.sentence if sure else _unsure_text(facts, found)) + _edge_text(found),
        "zone_certain": not found.edges,
        "zones": [_zone(zone) for zone in found.zones],
        "agreement": _agreement(shown.zone) if shown and shown.zone else None,
        "clause": _clause(shown),
        "distance_to_line_m": _metres(spot.distance_to_line_m),
        "line": _line(facts, spot.line_id),
        "uncertainty_m": _metres(spot.uncertainty_m),
        "answers": [_one_side(facts, asker, verdict, found.zones) for verdict in verdicts],
    }


def point_view(
    facts: LocateFacts, asker: str, found: Found, memo: dict[object, dict[str, Any]]
) -> dict[str, Any]:
    """The answer for one of many places. `memo` keeps what only depends on side and zones."""
    spot = found.spot
    zones = (tuple(zone.id for zone in found.zones), tuple(zone.id for zone in found.edges))
    key = (spot.adcode, spot.candidates, spot.certain, zones)
    common = memo.get(key)
    if common is None:
        common = memo[key] = _common(facts, asker, found)
    return common | {
        "distance_to_line_m": _metres(spot.distance_to_line_m),
        "uncertainty_m": _metres(spot.uncertainty_m),
        "certain": spot.certain,
    }


def _common(facts: LocateFacts, asker: str, found: Found) -> dict[str, Any]:
    verdicts = _verdicts(facts, asker, found)
    shown = next((v for v in verdicts if v.zone is not None), None)
    return {
        "adcode": found.spot.adcode,
        "jurisdiction": _jurisdiction(facts, found.spot.adcode),
        "side": _side(facts, asker, found.spot.adcode, found.zones),
        "may_act": str(_cautious(facts, asker, found, verdicts)),
        "reason": verdicts[0].sentence if found.spot.certain else str(_("难以判定属哪一侧。")),
        "zone_certain": not found.edges,
        "zones": [_zone(zone) for zone in found.zones],
        "clause": _clause(shown),
        "answers": [
            {"adcode": verdict.adcode, "may_act": str(verdict.may_act)} for verdict in verdicts
        ],
    }


def _verdicts(facts: LocateFacts, asker: str, found: Found) -> list[Verdict]:
    """One verdict per jurisdiction the place may lie in, the likeliest first."""
    spot = found.spot
    codes: list[str | None] = [spot.adcode]
    codes += [code for code in spot.candidates if code != spot.adcode]
    if spot.adcode is None and len(codes) > 1:
        codes = codes[1:]
    return [judge(facts, asker, code, found.zones) for code in codes]


def _cautious(facts: LocateFacts, asker: str, found: Found, verdicts: Sequence[Verdict]) -> MayAct:
    """What is allowed on every side in question, inside the zone and outside."""
    acts = [verdict.may_act for verdict in verdicts]
    if found.edges:
        sure = [zone for zone in found.zones if zone not in found.edges]
        acts += [judge(facts, asker, verdict.adcode, sure).may_act for verdict in verdicts]
    return most_cautious(acts)


def _edge_text(found: Found) -> str:
    if not found.edges:
        return ""
    error = f"{found.place.accuracy_m:.0f}"
    return str(_("距区域边缘不足定位误差±%(error)s米，是否在区域内难以判定。", error=error))


def _one_side(
    facts: LocateFacts, asker: str, verdict: Verdict, zones: Sequence[ZoneFacts]
) -> dict[str, Any]:
    return {
        "jurisdiction": _jurisdiction(facts, verdict.adcode),
        "side": _side(facts, asker, verdict.adcode, zones),
        "may_act": str(verdict.may_act),
        "agreement": _agreement(verdict.zone) if verdict.zone else None,
        "clause": _clause(verdict),
        "reason": verdict.sentence,
    }


def _unsure_text(facts: LocateFacts, found: Found) -> str:
    spot = found.spot
    names = [place_name(facts, code) for code in spot.candidates]
    if not names:
        return str(_("此处不在已知辖区内，无法判定属地。"))
    if len(names) == 1:
        return str(
            _(
                "此处在%(place)s的边缘，误差±%(error)s米，以您的位置无法确定是否在其辖区内。",
                place=names[0],
                error=f"{spot.uncertainty_m:.0f}",
            )
        )
    return str(
        _(
            "以您的位置无法确定属哪一侧（%(places)s）：误差±%(error)s米，请按两侧中较严的一种办理。",
            places=str(_("、")).join(names),
            error=f"{spot.uncertainty_m:.0f}",
        )
    )


def place_name(facts: LocateFacts, adcode: str) -> str:
    """The short name of who answers for a jurisdiction, else of the jurisdiction."""
    party = facts.parties.get(adcode)
    return short_name(party) if party else facts.land.units[adcode].name


def _metres(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _jurisdiction(facts: LocateFacts, adcode: str | None) -> dict[str, Any] | None:
    if adcode is None:
        return None
    unit = facts.land.units[adcode]
    return {
        "adcode": unit.adcode,
        "name": unit.name,
        "parent_name": unit.parent_name,
        "province": unit.province,
        "bureau": _bureau(facts.parties.get(adcode)),
    }


def _bureau(party: Party | None) -> dict[str, Any] | None:
    if party is None:
        return None
    return {
        "id": party.id,
        "name": party.name_en if in_english() else party.name,
        "short_name": short_name(party),
        "duty_phone": party.duty_phone,
    }


def _side(
    facts: LocateFacts, asker: str, adcode: str | None, zones: Sequence[ZoneFacts]
) -> str | None:
    """own, partner (party to an agreement whose zone this is), other, or None for nobody's."""
    party = facts.parties.get(adcode) if adcode is not None else None
    if party is None:
        return None if adcode is None else "other"
    if party.id == asker:
        return "own"
    return "partner" if any(party.id in zone.party_ids for zone in zones) else "other"


def _zone(zone: ZoneFacts) -> dict[str, Any]:
    return {
        "id": zone.id,
        "name": zone.name,
        "version": zone.number,
        "agreement_id": zone.agreement_id,
        "agreement_number": zone.agreement_number,
    }


def _agreement(zone: ZoneFacts) -> dict[str, Any]:
    return {
        "id": zone.agreement_id,
        "number": zone.agreement_number,
        "title": zone.agreement_title_en if in_english() else zone.agreement_title,
    }


def _clause(verdict: Verdict | None) -> dict[str, str] | None:
    if verdict is None or verdict.clause is None:
        return None
    clause = verdict.clause
    return {
        "number": clause.number,
        "text": (clause.en or clause.zh) if in_english() else clause.zh,
    }


def _line(facts: LocateFacts, line_id: str | None) -> dict[str, str] | None:
    if line_id is None:
        return None
    a, _dash, b = line_id.partition("-")
    return {"a": a, "a_name": place_name(facts, a), "b": b, "b_name": place_name(facts, b)}
