"""Checking what is put into an agreement: every field that cannot be used is named with its reason.

The paths in the answer are those of the input: `terms.rules.2.place`, `text.line.max_width_m`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from hub.agreements.labels import KIND_GROUPS, purposes_of
from hub.agreements.wording import AgreementText
from hub.errors import FieldError, Invalid, Text
from hub.field_texts import field_text
from sharing.errors import SharingError
from sharing.terms import Districts, OnwardKind, TermRule, Terms

MAX_RULES = 200
# What terms say beside their rules.
GENERAL = ("retention_days", "max_classification", "answer_hours", "onward_sharing")
OTHERWISE = _l("格式不对")


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(_l("请检查标出的各项。"), errors=errors)


def checked_text(text: Mapping[str, Any], parties: Collection[str]) -> dict[str, Any]:
    """The text as it is stored: what was given, tidied; nothing is added.

    Raises:
        Invalid: names each field that cannot be used.
    """
    try:
        made = AgreementText.model_validate(dict(text))
    except ValidationError as error:
        raise Invalid(
            _l("请检查标出的各项。"), errors=[_named(e) for e in error.errors()]
        ) from error
    errors = [
        FieldError(f"text.contacts.{place}.bureau_id", _l("联系人应属于签署方"))
        for place, contact in enumerate(made.contacts)
        if contact.bureau_id not in parties
    ]
    seen: set[str] = set()
    for place, clause in enumerate(made.clauses):
        if clause.number in seen:
            errors.append(FieldError(f"text.clauses.{place}.number", _l("条号重复")))
        seen.add(clause.number)
    _refuse(errors)
    return made.model_dump(exclude_unset=True)


def _named(error: Mapping[str, Any]) -> FieldError:
    path = ".".join(["text", *(str(step) for step in error["loc"])])
    coded = error["type"] == "string_pattern_mismatch"
    return FieldError(path, _l("应为六位行政区划代码") if coded else field_text(error["msg"]))


def checked_terms(wire: Mapping[str, Any], bureaus: Collection[str]) -> Terms:
    """The terms as a value.

    Args:
        bureaus: ids of every bureau there is; a rule may let its content go on to these.

    Raises:
        Invalid: names each rule, and in it the part, that cannot be used.
    """
    rules = wire.get("rules")
    if isinstance(rules, list):
        if len(rules) > MAX_RULES:
            _refuse([FieldError("terms.rules", _l("不超过%(n)s行", n=MAX_RULES))])
        _refuse([e for place, rule in enumerate(rules) for e in _rule_errors(place, rule, bureaus)])
    try:
        return Terms.from_dict(wire)
    except SharingError as error:
        reason = _l("条款无法使用：%(reason)s", reason=str(error))
        key = error.params.get("key") or next(iter(error.params), "")
        field = f"terms.{key}" if key in GENERAL else "terms"
        raise Invalid(reason, errors=[FieldError(field, reason)]) from error


def _rule_errors(place: int, wire: object, bureaus: Collection[str]) -> list[FieldError]:
    at = f"terms.rules.{place}"
    if not isinstance(wire, dict):
        return [FieldError(at, OTHERWISE)]
    try:
        rule = TermRule.from_dict(wire)
    except (SharingError, KeyError) as error:
        return [_broken(at, wire, error)]
    return [FieldError(f"{at}.{part}", why) for part, why in _unknown(rule, bureaus)]


def _broken(at: str, wire: Mapping[str, Any], error: Exception) -> FieldError:
    """Which part of a rule the engine refused, in words."""
    params = getattr(error, "params", {})
    for part, words in (
        ("clause", _l("请写明条号")),
        ("purposes", _l("至少选一种用途")),
        ("levels", _l("至少写明一项内容的共享程度")),
    ):
        if not wire.get(part):
            return FieldError(f"{at}.{part}", words)
    if "never_shared" in params:
        return FieldError(f"{at}.levels", _l("举报人和内部意见永不共享，不能写入条款"))
    if params.get("place") == "near_line":
        return FieldError(f"{at}.place.metres", _l("应为大于0的米数"))
    if params.get("place") == "districts":
        return FieldError(f"{at}.place.adcodes", _l("应为六位行政区划代码"))
    if "retention_days" in params or params.get("key") == "retention_days":
        return FieldError(f"{at}.retention_days", _l("应为1至36500天"))
    if isinstance(params.get("onward"), str):
        return FieldError(f"{at}.onward", _l("请写明可以转交给哪些单位"))
    named = [key for key in ("place", "onward", params.get("key")) if key in params or key in wire]
    broken = next((key for key in named if key in params or key == params.get("key")), None)
    return FieldError(f"{at}.{broken}" if broken else at, OTHERWISE)


def _unknown(rule: TermRule, bureaus: Collection[str]) -> list[tuple[str, Text]]:
    """Words of a rule that the hub's records do not know: it would open nothing, unnoticed."""
    found: list[tuple[str, Text]] = []
    if len(rule.clause) > 40:
        found.append(("clause", _l("不超过40个字")))
    groups = KIND_GROUPS.get(rule.kind)
    if groups is None:
        found.append(("kind", _l("没有这类记录")))
    else:
        found += [("levels", _l("没有内容“%(g)s”", g=g)) for g in rule.levels if g not in groups]
    known = purposes_of(rule.kind)
    found += [("purposes", _l("没有用途“%(p)s”", p=p)) for p in rule.purposes if p not in known]
    if rule.onward is not None and rule.onward.kind is OnwardKind.PARTIES:
        strange = [b for b in rule.onward.bureaus if b not in bureaus]
        found += [("onward.bureaus", _l("没有这个单位"))] if strange else []
    if isinstance(rule.place, Districts) and len(rule.place.adcodes) > 50:
        found.append(("place.adcodes", _l("不超过%(n)s项", n=50)))
    return found
