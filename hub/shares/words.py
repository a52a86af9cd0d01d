"""Decisions in words: what the page says, what a refusal says."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from hub.agreements.labels import PURPOSES
from hub.errors import Text
from sharing.models import Rung
from sharing.terms import Decision, explain

__all__ = ["ENDINGS", "PURPOSES", "REASONS", "RUNGS", "ending", "reason"]

REASONS: dict[str, Text] = {
    "allowed": _l("备忘录条款允许共享下列内容"),
    "gray": _l("备忘录条款只允许对方知道有此记录及联系人"),
    "state_secret": _l("涉及国家秘密，不得共享"),
    "own_record": _l("本单位自己的记录，无需共享"),
    "no_share": _l("此记录尚未共享给该单位"),
    "no_agreement": _l("与该单位之间没有协作备忘录"),
    "agreement_not_in_force": _l("与该单位的备忘录尚未生效、已中止或已终止"),
    "agreement_not_yet_valid": _l("备忘录的有效期尚未开始"),
    "agreement_expired": _l("备忘录的有效期已经届满"),
    "classification_too_high": _l("记录的密级高于备忘录所涵盖的级别"),
    "kind_not_covered": _l("备忘录没有条款涵盖此类记录"),
    "purpose_not_covered": _l("备忘录没有条款允许为此用途共享此类记录"),
    "place_not_covered": _l("此地点不在备忘录条款涵盖的区域内"),
    "kept_black": _l("备忘录条款规定此内容不公开"),
    "retention_over": _l("约定的保存期限已到，应予清除"),
    "onward_never": _l("备忘录条款不允许转交"),
    "onward_not_named": _l("该单位不在条款列明的可转交单位之内"),
    "onward_needs_consent": _l("转交须先经承办单位同意"),
}


RUNGS: dict[Rung, Text] = {
    Rung.DELIVERED: lazy_pgettext("回执", "送达"),
    Rung.OPENED: lazy_pgettext("回执", "查阅"),
    Rung.ACCEPTED: lazy_pgettext("回执", "签收"),
    Rung.REFUSED: lazy_pgettext("回执", "拒绝"),
    Rung.ACTED: lazy_pgettext("回执", "办理"),
    Rung.PURGED: lazy_pgettext("回执", "已清除"),
}

ENDINGS: dict[str, Text] = {
    "onward_source_ended": _l("转交所依据的共享已经结束"),
    "superseded": _l("条款调整，已由新的共享接替"),
    "until_passed": _l("共享期限已到"),
    "agreement_ended": _l("备忘录已结束"),
    "retention_over": _l("约定的保存期限已到"),
    "terms_narrowed": _l("修订后的条款不再允许共享"),
    "owner_changed": _l("案件已移送其他单位"),
    "classification_too_high": _l("密级已调高"),
    "place_not_covered": _l("地点已不在条款涵盖的区域内"),
    "state_secret": _l("涉及国家秘密"),
}


def reason(decision: Decision) -> Text:
    """Why a decision came out as it did, in words."""
    return REASONS[explain(decision).code]


def ending(share_reason: str | None) -> str:
    """Why a share ended: a clock's code in words, or the words of the person who recalled it."""
    return str(ENDINGS.get(share_reason or "", share_reason or ""))
