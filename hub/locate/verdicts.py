"""What the asking bureau may do on one side of a boundary, with the clause and a plain sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _

from hub.locate.acts import Clause, MayAct
from hub.locate.index import LocateFacts, Party, ZoneFacts
from hub.web.clauses import clause_name


@dataclass(frozen=True)
class Verdict:
    """The answer if the place lies in `adcode` (None: in no known jurisdiction)."""

    adcode: str | None
    may_act: MayAct
    zone: ZoneFacts | None
    clause: Clause | None
    sentence: str


def in_english() -> bool:
    """Whether the reader reads English."""
    locale = get_locale()
    return locale is not None and str(locale).startswith("en")


def short_name(party: Party) -> str:
    """A bureau's short name in the reader's language."""
    return party.short_name_en if in_english() else party.short_name


def clause_text(zone: ZoneFacts) -> str:
    """The clause as a reader cites it: 备忘录第三条."""
    clause = zone.acts.clause
    title = zone.agreement_title_en if in_english() else zone.agreement_title
    return str(
        _(
            "《%(title)s》%(clause)s",
            title=title,
            clause=clause_name(clause.number) if clause else "",
        )
    )


def judge(
    facts: LocateFacts, asker: str, adcode: str | None, zones: Sequence[ZoneFacts]
) -> Verdict:
    """What bureau `asker` may do in `adcode`, the place being in these zones of its agreements."""
    if adcode is None:
        return Verdict(None, MayAct.NO, None, None, str(_("此处不在已知辖区内，无法判定属地。")))
    host = facts.parties.get(adcode)
    if host is None:
        name = facts.land.units[adcode].name
        text = _("此处属%(place)s，当地生态环境部门未接入本系统。您不能在此执法。", place=name)
        return Verdict(adcode, MayAct.NO, None, None, str(text))
    joint = [zone for zone in zones if adcode in zone.sides and host.id in zone.party_ids]
    # Of several zones the one whose agreement lets the guest do more.
    joint.sort(key=lambda zone: (zone.acts.act != MayAct.WITH_NOTICE, zone.agreement_number))
    zone = joint[0] if joint else None
    clause = zone.acts.clause if zone else None
    if host.id == asker:
        return Verdict(adcode, MayAct.HOST, zone, clause, _host_text(facts, asker, host, zone))
    if zone is None:
        return Verdict(adcode, MayAct.NO, None, None, _no_text(host))
    return Verdict(adcode, zone.acts.act, zone, clause, _guest_text(host, zone))


def _host_text(facts: LocateFacts, asker: str, host: Party, zone: ZoneFacts | None) -> str:
    if zone is None:
        return str(_("此处属%(place)s。您是属地单位，由贵单位执法。", place=short_name(host)))
    guests = [
        short_name(party)
        for adcode, party in facts.parties.items()
        if party.id in zone.party_ids and party.id != asker and adcode in zone.sides
    ]
    return str(
        _(
            "此处属%(place)s，在交叉联合执法区域内。您是属地单位，由贵单位牵头；%(guests)s可协助（%(clause)s）。",
            place=short_name(host),
            guests=str(_("、")).join(guests),
            clause=clause_text(zone),
        )
    )


def _guest_text(host: Party, zone: ZoneFacts) -> str:
    words = {"place": short_name(host), "clause": clause_text(zone), "n": zone.acts.host_officers}
    if zone.acts.act is MayAct.WITH_NOTICE:
        return str(
            _(
                "此处属%(place)s，在交叉联合执法区域内。事先通知%(place)s后可以开展巡查；"
                "执法须由%(place)s%(n)s名以上持证人员牵头（%(clause)s）。",
                **words,
            )
        )
    return str(
        _(
            "此处属%(place)s，在交叉联合执法区域内。您可以协助，"
            "须由%(place)s%(n)s名以上持证人员牵头（%(clause)s）。",
            **words,
        )
    )


def _no_text(host: Party) -> str:
    words = {"place": short_name(host), "phone": host.duty_phone or str(_("未登记"))}
    return str(
        _(
            "此处属%(place)s，不在贵单位参加的交叉联合执法区域内。您不能在此执法；"
            "发现问题请告知%(place)s（值班电话%(phone)s）。",
            **words,
        )
    )
