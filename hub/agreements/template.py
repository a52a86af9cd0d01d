"""What a new agreement begins with in the editor: a proposal to be changed, never a rule."""

from __future__ import annotations

from sharing.terms import Anywhere, InZone, Level, TermRule, Terms

WHITE, GRAY = Level.WHITE, Level.GRAY
JOINT = frozenset({"joint_enforcement", "information"})
# Two years; what is received serves cases, and a case takes that long with its appeals (DOMAIN D2).
RETENTION_DAYS = 730


def standard_terms() -> Terms:
    """Cases and findings in the zone, patrols, requests, petitions everywhere, else basics."""
    whole_case = ("existence", "basics", "place", "party", "substance")
    return Terms(
        rules=(
            TermRule(
                clause="第五条",  # data, not screen text
                kind="case",
                place=InZone(),
                purposes=JOINT,
                levels=dict.fromkeys((*whole_case, "measures", "progress"), WHITE)
                | {"files": GRAY},
            ),
            TermRule(
                clause="第六条",  # data, not screen text
                kind="case",
                place=Anywhere(),
                purposes=frozenset({"information"}),
                levels={"existence": WHITE, "basics": WHITE},
            ),
            TermRule(
                clause="第四条",  # data, not screen text
                kind="finding",
                place=Anywhere(),
                purposes=JOINT,
                levels=dict.fromkeys(("existence", "basics", "place", "files"), WHITE),
            ),
            TermRule(
                clause="第四条",  # data, not screen text
                kind="patrol",
                place=Anywhere(),
                purposes=JOINT,
                levels=dict.fromkeys(("existence", "basics", "route", "crew", "track"), WHITE),
            ),
            TermRule(
                clause="第八条",  # data, not screen text
                kind="request",
                place=Anywhere(),
                purposes=frozenset({"assistance", "referral", "transfer", "joint_handling"}),
                levels=dict.fromkeys((*whole_case, "files"), WHITE),
            ),
            TermRule(
                clause="第九条",  # data, not screen text
                kind="petition",
                place=Anywhere(),
                purposes=JOINT,
                levels=dict.fromkeys((*whole_case, "progress"), WHITE),
            ),
        ),
        retention_days=RETENTION_DAYS,
        onward_sharing=False,
    )
