"""The row of the terms behind each field group of a decision, and what binds the receiver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.agreements.examples import row_behind
from hub.agreements.naming import Names, group_names
from hub.agreements.said import gettext as _
from sharing.terms import EXISTENCE, AgreementState, Decision, Denied, Onward, OnwardKind


def row_links(
    states: Iterable[AgreementState], kind: str, decision: Decision
) -> dict[str, dict[str, Any]]:
    """Per field group of a decision: the agreement, its row (from 0) and where to read it.

    Args:
        states: the agreements that were asked.
    """
    if isinstance(decision, Denied):
        return {}
    terms = {(state.agreement_id, state.version): state.terms for state in states}
    links: dict[str, dict[str, Any]] = {}
    for ground in decision.grounds:
        found = terms.get((ground.agreement_id, ground.agreement_version))
        row = found and row_behind(found, kind, ground.group, ground.level, ground.clause)
        anchor = "terms" if row is None else f"rule-{row}"
        links[ground.group] = {
            "agreement_id": ground.agreement_id,
            "row": row,
            "rule_url": f"/agreements/{ground.agreement_id}#{anchor}",
            "retention_days": ground.retention_days,
        }
    return links


def onward_rules(decision: Decision) -> list[dict[str, Any]]:
    """To whom the receiver may pass on what he is shown: rules in wire form, with their groups."""
    if isinstance(decision, Denied):
        return []
    by_rule: dict[Onward, list[str]] = {}
    for ground in decision.grounds:
        if ground.group != EXISTENCE:
            by_rule.setdefault(ground.onward, []).append(ground.group)
    return [onward.to_dict() | {"field_groups": groups} for onward, groups in by_rule.items()]


def onward_words(names: Names, rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """The same as sentences."""
    said = []
    for rule in rules:
        kind, bureaus = OnwardKind(rule["rule"]), tuple(rule.get("bureaus", ()))
        what = group_names(rule["field_groups"])
        said.append(
            _("%(what)s：%(onward)s", what=what, onward=names.onward(Onward(kind, bureaus)))
        )
    return said
