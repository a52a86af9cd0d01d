"""Names that sentences about terms need: bureaus, districts, places, groups, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from babel.lists import format_list
from flask_babel import get_locale
from sqlalchemy.orm import Session

from hub.agreements.labels import EVERY_PURPOSE, GROUPS, KIND_GROUPS, KINDS
from hub.agreements.said import gettext as _
from hub.bureaus.services import bureaus, jurisdictions
from sharing.terms import Districts, InZone, NearLine, Onward, OnwardKind, Place

# A national code that the boundary data do not know by name is shown as it is.
ORDER = {group: place for place, group in enumerate(GROUPS)}


@dataclass(frozen=True)
class Names:
    """Short names of bureaus by id, in both languages, and of districts by code."""

    bureaus: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)

    def bureau(self, bureau_id: str) -> str:
        """A bureau's short name in the reader's language."""
        zh, en = self.bureaus.get(bureau_id, (bureau_id, bureau_id))
        return en if is_english() else zh

    def district(self, adcode: str) -> str:
        """A district with its code."""
        name = self.districts.get(adcode)
        return adcode if name is None else f"{name}（{adcode}）"

    def place(self, place: Place) -> str:
        """Where a rule applies."""
        if isinstance(place, InZone):
            return within(_("交叉联合执法区域内"))
        if isinstance(place, NearLine):
            return within(_("距分界线%(m)s米以内", m=f"{place.metres:g}"))
        if isinstance(place, Districts):
            codes = sorted(place.adcodes)
            return _("%(districts)s境内", districts=listed(self.district(code) for code in codes))
        return _("任何地点")

    def onward(self, onward: Onward) -> str:
        """Whether what was received may go on."""
        if onward.kind is OnwardKind.PARTIES:
            return _("只可转交%(names)s", names=listed(self.bureau(b) for b in onward.bureaus))
        return {
            OnwardKind.NEVER: _("不得转交第三方"),
            OnwardKind.CONSENT: _("经承办单位同意方可转交"),
            OnwardKind.ANYONE: _("可以转交第三方"),
        }[onward.kind]


def names_of(session: Session) -> Names:
    """The names of every bureau and district there is."""
    return Names(
        {row.id: (row.short_name, row.short_name_en) for row in bureaus(session)},
        {row.adcode: row.name for row in jurisdictions(session)},
    )


def is_english() -> bool:
    """Whether the reader reads English."""
    return str(get_locale() or "zh").startswith("en")


def listed(words: Iterable[str]) -> str:
    """Words as a list in the reader's language: 甲、乙和丙; A, B, and C."""
    return str(format_list(list(words), locale="en" if is_english() else "zh"))


def within(text: str) -> str:
    """A label in the middle of a sentence: English labels begin with a capital."""
    return text[:1].lower() + text[1:] if is_english() else text


def kind_name(kind: str) -> str:
    """A kind of record."""
    return str(KINDS.get(kind, kind))


def group_names(groups: Iterable[str]) -> str:
    """Field groups in their usual order; existence only when nothing else is named."""
    wanted = sorted(set(groups), key=lambda group: ORDER.get(group, len(ORDER)))
    named = [group for group in wanted if group != "existence"] or wanted
    return listed(within(str(GROUPS.get(group, group))) for group in named)


def purpose_names(purposes: Iterable[str]) -> str:
    """Purposes in their usual order."""
    order = list(EVERY_PURPOSE)
    known = sorted(set(purposes), key=lambda p: order.index(p) if p in order else len(order))
    return listed(within(str(EVERY_PURPOSE.get(purpose, purpose))) for purpose in known)


def groups_of(kind: str, also: Iterable[str] = ()) -> tuple[str, ...]:
    """The field groups of a kind, and others that terms name."""
    return tuple(dict.fromkeys([*KIND_GROUPS.get(kind, ()), *sorted(also)]))
