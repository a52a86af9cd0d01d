"""The difference between two texts of an agreement, in words and side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import force_locale, format_date

from hub.agreements.change_rows import change_row
from hub.agreements.differences import Cell, Effect, SharingChange, sharing_changes
from hub.agreements.labels import LEVELS
from hub.agreements.models import AgreementVersion
from hub.agreements.naming import Names, group_names, kind_name, listed, purpose_names
from hub.agreements.said import gettext as _
from hub.agreements.summary import LANGUAGES
from hub.agreements.wording_changes import text_changes
from sharing.terms import Level, Terms


def difference(
    names: Names, parties: Sequence[str], old: AgreementVersion, new: AgreementVersion
) -> dict[str, Any]:
    """What changes from one text to another, in the reader's language.

    `changes` are sentences with their effect and who sees more or less, `table` is side by side.
    """
    was, now = Terms.from_dict(old.terms), Terms.from_dict(new.terms)
    changes = terms_difference(names, parties, was, now)
    changes += list(_days(old, new))
    changes += list(text_changes(names, old.text, new.text))
    return {
        "from": old.number,
        "to": new.number,
        "changes": changes,
        "counts": {e.value: sum(c["effect"] == e for c in changes) for e in Effect},
        "table": _table(names, was, now),
    }


def terms_difference(
    names: Names, parties: Sequence[str], was: Terms, now: Terms
) -> list[dict[str, Any]]:
    """What two sets of terms decide differently, as sentences."""
    changes = [_told(names, parties, change) for change in sharing_changes(was, now)]
    return changes + list(_general(was, now))


def in_both(
    names: Names, parties: Sequence[str], old: AgreementVersion, new: AgreementVersion
) -> dict[str, Any]:
    """The same in Chinese and in English."""
    made = {}
    for key, locale in LANGUAGES.items():
        with force_locale(locale):
            made[key] = difference(names, parties, old, new)
    return made


def _level(cell: Cell) -> str:
    return str(LEVELS[cell.level])


def _told(names: Names, parties: Sequence[str], change: SharingChange) -> dict[str, Any]:
    what = _("%(place)s的%(kind)s，用于%(purposes)s", **_where(names, change))
    groups, before, after = group_names(change.groups), change.before, change.after
    if before.level is not after.level:
        text = _(
            "%(what)s：%(groups)s由“%(before)s”改为“%(after)s”。",
            what=what,
            groups=groups,
            before=_level(before),
            after=_level(after),
        )
    else:
        text = _("%(what)s：%(groups)s%(how)s。", what=what, groups=groups, how=_how(names, change))
    return change_row(
        change.effect,
        text,
        _who(names, parties, change),
        kind=change.kind,
        place=change.place.to_dict(),
        purposes=list(change.purposes),
        field_groups=list(change.groups),
        level={"before": before.level.value, "after": after.level.value},
        clause={"before": before.clause, "after": after.clause},
    )


def _where(names: Names, change: SharingChange) -> dict[str, str]:
    return {
        "place": names.place(change.place),
        "kind": kind_name(change.kind),
        "purposes": purpose_names(change.purposes),
    }


def _how(names: Names, change: SharingChange) -> str:
    """What binds the receiver otherwise than before."""
    before, after = change.before, change.after
    said = []
    if before.retention_days != after.retention_days:
        said.append(
            _(
                "保存期限由%(a)s改为%(b)s",
                a=_kept(before.retention_days),
                b=_kept(after.retention_days),
            )
        )
    if before.onward != after.onward:
        said.append(
            _("由%(a)s改为%(b)s", a=names.onward(before.onward), b=names.onward(after.onward))
        )
    return listed(said)


def _kept(days: int | None) -> str:
    return _("不限") if days is None else _("%(n)s天", n=days)


def _who(names: Names, parties: Sequence[str], change: SharingChange) -> str:
    everyone = listed(names.bureau(party) for party in parties)
    if change.before.level is change.after.level:
        return _("%(who)s作为接收方", who=everyone)
    more = change.effect in (Effect.ADDED, Effect.WIDENED)
    if more:
        return _("%(who)s看到对方的更多", who=everyone)
    return _("%(who)s看到对方的更少", who=everyone)


def _general(was: Terms, now: Terms) -> Iterator[dict[str, Any]]:
    """What the terms say beside their rules."""
    if was.max_classification != now.max_classification:
        wider = now.max_classification > was.max_classification
        yield change_row(
            Effect.WIDENED if wider else Effect.NARROWED,
            _(
                "可共享的密级由不高于%(a)s级改为不高于%(b)s级。",
                a=was.max_classification,
                b=now.max_classification,
            ),
        )
    if was.answer_hours != now.answer_hours:
        yield change_row(
            Effect.CHANGED,
            _("签收期限由%(a)s改为%(b)s。", a=_hours(was.answer_hours), b=_hours(now.answer_hours)),
        )


def _hours(hours: int | None) -> str:
    return _("通行规则") if hours is None else _("%(n)s小时", n=hours)


def _days(old: AgreementVersion, new: AgreementVersion) -> Iterator[dict[str, Any]]:
    if old.valid_from != new.valid_from:
        yield change_row(
            Effect.CHANGED,
            _(
                "生效日期由%(a)s改为%(b)s。",
                a=format_date(old.valid_from),
                b=format_date(new.valid_from),
            ),
        )
    if old.valid_to != new.valid_to:
        later = new.valid_to > old.valid_to
        yield change_row(
            Effect.WIDENED if later else Effect.NARROWED,
            _(
                "终止日期（不含）由%(a)s改为%(b)s。",
                a=format_date(old.valid_to),
                b=format_date(new.valid_to),
            ),
        )


def _table(names: Names, was: Terms, now: Terms) -> list[dict[str, Any]]:
    """The rows of both, matched by kind, place and purpose, in the order of the newer."""
    sides: list[Mapping[tuple[Any, ...], list[str]]] = []
    for terms in (was, now):
        rows: dict[tuple[Any, ...], list[str]] = {}
        for rule in terms.rules:
            key = (rule.kind, rule.place, tuple(sorted(rule.purposes)))
            levels = "；".join(
                f"{LEVELS[level]}：{group_names(named)}"
                for level in (Level.WHITE, Level.GRAY, Level.BLACK)
                if (named := [g for g, given in rule.levels.items() if given is level])
            )
            bound = [_kept(terms.retention_of(rule)), names.onward(terms.onward_of(rule))]
            rows.setdefault(key, []).append("；".join([f"{rule.clause}　{levels}", *bound]))
        sides.append(rows)
    keys = dict.fromkeys([*sides[1], *sides[0]])
    return [
        {
            "what": _(
                "%(place)s的%(kind)s，用于%(purposes)s",
                place=names.place(place),
                kind=kind_name(kind),
                purposes=purpose_names(purposes),
            ),
            "before": "\n".join(sides[0].get(key, [])) or None,
            "after": "\n".join(sides[1].get(key, [])) or None,
            "same": sides[0].get(key) == sides[1].get(key),
        }
        for key in keys
        for kind, place, purposes in [key]
    ]
