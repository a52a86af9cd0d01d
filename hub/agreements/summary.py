"""What an agreement means, in plain sentences made from its values: never a text of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import force_locale

from hub.agreements.naming import Names, group_names, kind_name, listed, purpose_names
from hub.agreements.said import gettext as _
from sharing.terms import InZone, Level, TermRule, Terms

LANGUAGES = {"zh": "zh", "en": "en"}


def summary(
    names: Names,
    parties: Sequence[str],
    terms: Mapping[str, Any],
    text: Mapping[str, Any],
    reader: str | None = None,
) -> list[dict[str, Any]]:
    """The sentences in the reader's language, as sections of {heading, items: [{text, clause}]}.

    Args:
        parties: ids of the bureaus.
        reader: whose view: what this party is shown of the others' records; None: of all.
    """
    value = Terms.from_dict(terms)
    sections = [
        (_("共享什么"), list(_sharing(names, parties, value, reader))),
        (_("从不共享什么"), list(_never(value))),
        (_("在区域内怎样行事"), list(_acting(text))),
        (_("找谁"), list(_contacts(names, text))),
    ]
    return [{"heading": heading, "items": items} for heading, items in sections if items]


def in_both(names: Names, parties: Sequence[str], **content: Any) -> dict[str, Any]:
    """The same in Chinese and in English."""
    made = {}
    for key, locale in LANGUAGES.items():
        with force_locale(locale):
            made[key] = summary(names, parties, **content)
    return made


def _item(text: str, clause: str | None = None) -> dict[str, Any]:
    return {"text": text, "clause": clause}


def who_shows(names: Names, parties: Sequence[str], reader: str | None) -> str:
    """Who shows whom: all parties each other, or the others the reader."""
    if reader is not None:
        others = listed(names.bureau(party) for party in parties if party != reader)
        return _("%(others)s向%(reader)s", others=others, reader=names.bureau(reader))
    return _("%(parties)s互相", parties=listed(names.bureau(party) for party in parties))


def _sharing(
    names: Names, parties: Sequence[str], terms: Terms, reader: str | None
) -> Iterator[dict[str, Any]]:
    who = who_shows(names, parties, reader)
    if not terms.rules:
        yield _item(_("没有任何共享约定：什么也不共享。"))
    for rule in terms.rules:
        yield _item(rule_sentence(names, terms, rule, who), rule.clause)
    if terms.answer_hours is not None:
        yield _item(_("收到共享后应在%(n)s小时内签收或者拒绝。", n=terms.answer_hours))


def rule_sentence(names: Names, terms: Terms, rule: TermRule, who: str) -> str:
    """One row of the terms as a sentence."""
    by_level = {
        level: [group for group, given in rule.levels.items() if given is level] for level in Level
    }
    parts = []
    if by_level[Level.WHITE]:
        parts.append(_("%(who)s展示%(what)s", who=who, what=group_names(by_level[Level.WHITE])))
    if by_level[Level.GRAY]:
        parts.append(
            _(
                "%(who)s只告知有%(what)s，要看须另行申请",
                who=who,
                what=group_names(by_level[Level.GRAY]),
            )
        )
    if by_level[Level.BLACK]:
        parts.append(_("从不展示%(what)s", what=group_names(by_level[Level.BLACK])))
    if by_level[Level.WHITE] or by_level[Level.GRAY]:
        days = terms.retention_of(rule)
        if days is not None:
            parts.append(_("收到后最多保存%(n)s天，到期清除", n=days))
        parts.append(names.onward(terms.onward_of(rule)))
    return _(
        "%(place)s的%(kind)s，用于%(purposes)s：%(what)s。%(how)s",
        place=names.place(rule.place),
        kind=kind_name(rule.kind),
        purposes=purpose_names(rule.purposes),
        what=_("；").join(parts),
        how=_how(rule),
    )


def _how(rule: TermRule) -> str:
    """Whether it happens by itself; of cases alone a person decides."""
    if rule.kind != "case" or Level.WHITE not in rule.levels.values():
        return ""
    if isinstance(rule.place, InZone) and "joint_enforcement" in rule.purposes:
        return _("案件一经登记即自动共享。")
    return _("由分管领导逐件决定是否共享。")


def _never(terms: Terms) -> Iterator[dict[str, Any]]:
    yield _item(_("举报人、内部意见和办案笔录，在任何情况下都不共享。"))
    yield _item(_("以上没有列出的内容，一律不共享。"))
    if terms.max_classification < 4:
        yield _item(_("密级高于%(n)s级的记录不共享。", n=terms.max_classification))


def _acting(text: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    line, acts = text.get("line") or {}, text.get("acts") or {}
    powers = text.get("powers") or {}
    if line.get("max_width_m"):
        yield _item(_("联合执法区域为分界线每侧不超过%(m)s米。", m=f"{line['max_width_m']:g}"))
    clause = acts.get("clause")
    if acts.get("in_zone") == "with_notice":
        yield _item(_("一方告知后可以进入对方一侧；执法由属地一方进行。"), clause)
    else:
        yield _item(_("执法由属地一方牵头；另一方人员协助，不独立执法。"), clause)
    if acts.get("notice_hours") is not None:
        yield _item(_("进入对方一侧前至少提前%(n)s小时告知。", n=acts["notice_hours"]), clause)
    if acts.get("host_officers"):
        yield _item(_("属地一方持证执法人员不少于%(n)s人。", n=acts["host_officers"]), clause)
    if powers.get("evidence_recognition") is not None:
        yield _item(
            _("一方依法取得的证据，另一方予以认可。")
            if powers["evidence_recognition"]
            else _("证据不互认：各方使用各自取得的证据。")
        )
    if powers.get("inspection_cap"):
        yield _item(_("对同一企业的联合检查每年不超过%(n)s次。", n=powers["inspection_cap"]))
    if powers.get("meeting_months"):
        yield _item(_("每%(n)s个月召开一次联席会议。", n=powers["meeting_months"]))


def _contacts(names: Names, text: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for contact in text.get("contacts") or []:
        said = " ".join(
            part
            for part in (contact.get("name"), contact.get("post"), contact.get("phone"))
            if part
        )
        bureau = names.bureau(contact["bureau_id"])
        yield _item(_("%(bureau)s：%(contact)s", bureau=bureau, contact=said))
