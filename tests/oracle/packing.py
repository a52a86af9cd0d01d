"""Many worlds in one database: rows of the hub's own models, one cell of the ground for each world.

Every text of a case carries a mark that says which field of which case it is, so that any door's
answer can be read for what it gives away: `ttl00012z` is the title of the case of world 12.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.accounts.models import AccessToken, RightsStamp, User
from hub.agreements.models import Agreement, AgreementParty, AgreementVersion
from hub.bureaus.models import Bureau, Jurisdiction
from hub.cases.measure_models import CaseMeasure
from hub.cases.models import Case
from hub.cases.note_models import CaseNote
from hub.cases.party_models import CaseParty
from hub.db import Base, utc_now
from hub.deadlines.models import DeadlineRule
from hub.emergency.models import EmergencyUse
from hub.files.models import StoredFile
from hub.files.services import Prepared
from hub.zones.models import Zone, ZoneStrip, ZoneVersion
from sharing import models as sharing_models
from tests.oracle import values
from tests.oracle.ground import FOCAL, cell_code, spot, strip
from tests.oracle.marks import mark
from tests.oracle.packing_others import write_finding, write_request
from tests.oracle.packing_petitions import write_petition
from tests.oracle.values import World

FORMAT = 1
STAY = (RightsStamp, Jurisdiction, Bureau, User, AccessToken, DeadlineRule)


@dataclass
class Pack:
    """Worlds by their number in the pack, and the ids their records got."""

    worlds: list[World]
    ids: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    shares: dict[str, int] = field(default_factory=dict)
    # What stands beside the case: ids by what they are of (`finding`, `petition`, files), by world.
    others: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


NOTES = {"handler_notes": "opinion", "bureau_notes": "memo", "progress": "progress"}


class Packer:
    """Writes packs of worlds into one database, each in the place of the one before."""

    def __init__(self, session: Session, kept: Prepared) -> None:
        self.bureaus = {row.code: row.id for row in session.scalars(select(Bureau))}
        self.people = {row.username: row.id for row in session.scalars(select(User))}
        self.kept = kept

    def write(self, session: Session, worlds: Sequence[World]) -> Pack:
        """Replace what is in the database by these worlds."""
        _clear(session)
        pack = Pack(list(worlds))
        now = utc_now()
        rows: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
        for number, world in enumerate(worlds):
            Writer(self, rows, pack, number, world, now).write()
        _number_feeds(rows)
        for table in sorted(rows, key=_order):
            session.execute(insert(table), rows[table])
        return pack


def _order(table: type[Any]) -> int:
    tables = Base.metadata.sorted_tables
    return tables.index(table.__table__) if table.__table__ in tables else len(tables)


def _clear(session: Session) -> None:
    stay = {table.__table__ for table in STAY}  # type: ignore[attr-defined]
    tables = [*Base.metadata.sorted_tables, *sharing_models.Base.metadata.sorted_tables]
    for table in reversed(tables):
        if table not in stay:
            session.execute(delete(table))


def _number_feeds(rows: dict[type[Any], list[dict[str, Any]]]) -> None:
    last: dict[str, int] = defaultdict(int)
    for row in rows[sharing_models.FeedChange]:
        last[row["bureau_id"]] += 1
        row["seq"] = last[row["bureau_id"]]
    counters = [{"bureau_id": bureau, "last_seq": seq} for bureau, seq in last.items()]
    rows[sharing_models.FeedCounter] = counters
    for table in [table for table, held in rows.items() if not held]:
        del rows[table]


@dataclass
class Writer:
    """Writes one world of a pack."""

    packer: Packer
    rows: dict[type[Any], list[dict[str, Any]]]
    pack: Pack
    number: int
    world: World
    now: datetime
    # Ids of zones by their agreement.
    zones: dict[str, str] = field(default_factory=dict)

    def at(self, days: float) -> datetime:
        return self.now + timedelta(days=days)

    def bureau(self, name: str) -> str:
        return self.packer.bureaus[f"cell{self.number}" if name == "cell" else name]

    def write(self) -> None:
        # The older agreement has the smaller id, also of two that are made in one moment.
        ids = sorted(sharing_models.new_id() for _ in self.world.agreements)
        for agreement_id, one in zip(ids, self.world.agreements, strict=True):
            self.agreement(agreement_id, one)
        case_id = self.case()
        self.beside(case_id)
        given: list[str] = []
        for share in self.world.case.shares:
            given.append(self.share(case_id, share, ids, given))
        self.emergency(case_id)
        self.tell("case", case_id, "updated", {self.world.case.owner} | self.ever())
        self.pack.ids.append(case_id)
        write_finding(self, ids)
        write_request(self, case_id)
        write_petition(self, ids)

    def emergency(self, case_id: str) -> None:
        stated = self.world.case.emergency
        if stated is None:
            return
        self.rows[EmergencyUse].append(
            {"id": sharing_models.new_id(), "case_id": case_id, "case_number": "x",
             "classification": stated.opened, "bureau_id": self.bureau("focal"),
             "user_id": self.packer.people[stated.who], "user_name": "x", "reason": "x",
             "begun_at": self.at(stated.until - 0.2), "until": self.at(stated.until),
             "ended_at": self.at(-0.01) if stated.ended else None, "readings": 0,
             "verdict": "waiting", "remark": "", "review_due": self.at(3), "remind_at": self.at(3),
             "version": 1}
        )  # fmt: skip

    def ever(self) -> set[str]:
        return {share.to for share in self.world.case.shares}

    def tell(self, kind: str, record_id: str, verb: str, to: Iterable[str]) -> None:
        for name in sorted(to):
            self.rows[sharing_models.FeedChange].append(
                {"bureau_id": self.bureau(name), "kind": kind, "record_id": record_id,
                 "version": 1, "verb": verb, "at": self.now}
            )  # fmt: skip

    def agreement(self, agreement_id: str, one: values.Agreement) -> str:
        proposer = self.bureau(min(one.parties))
        self.rows[Agreement].append(
            {"id": agreement_id, "number": f"备{agreement_id}", "title": "备忘录",
             "title_en": "Memorandum", "state": one.state, "proposed_by": proposer,
             "created_at": self.at(-200), "version": 1}
        )  # fmt: skip
        for name in sorted(one.parties):
            self.rows[AgreementParty].append(
                {"agreement_id": agreement_id, "bureau_id": self.bureau(name)}
            )
        for number, text in enumerate(one.texts, 1):
            self.text(agreement_id, number, text, proposer)
        if one.zone != "none":
            self.zone(agreement_id, one, proposer)
        return agreement_id

    def long_over(self, *two: str) -> str:
        """An agreement between the two that was ended long ago."""
        parties = frozenset(two)
        over = values.Agreement(parties, (values.Text(()),), "terminated", "none")
        return self.agreement(sharing_models.new_id(), over)

    def text(self, agreement_id: str, number: int, text: values.Text, proposer: str) -> None:
        terms = {
            "format": FORMAT,
            "rules": [self.rule(rule) for rule in text.rules],
            "retention_days": None if text.retention is None else int(text.retention),
            "max_classification": text.max_classification,
        }
        self.rows[AgreementVersion].append(
            {"agreement_id": agreement_id, "number": number, "valid_from": self.at(text.begins),
             "valid_to": self.at(text.ends), "terms": terms, "text": {"clauses": []},
             "content_hash": "0" * 64, "created_at": self.at(-200),
             "state": "proposed" if text.signed is None else "signed",
             "amends": None if number == 1 else number - 1,
             "signed_at": None if text.signed is None else self.at(text.signed),
             "proposed_by": proposer, "proposed_by_name": "甲", "note": ""}
        )  # fmt: skip

    def rule(self, rule: values.Rule) -> dict[str, Any]:
        wire: dict[str, Any] = {
            "clause": rule.clause,
            "kind": rule.kind,
            "place": self.place(rule.place),
            "purposes": sorted(rule.purposes),
            "levels": dict(rule.levels),
        }
        wire["onward"] = self.onward(rule.onward)
        return wire | ({} if rule.retention is None else {"retention_days": int(rule.retention)})

    def onward(self, rule: str) -> dict[str, Any]:
        """A rule of passing on as terms have it."""
        kind, _, named = rule.partition(":")
        return {"rule": kind} | ({"bureaus": [self.bureau(named)]} if named else {})

    def place(self, name: str) -> dict[str, Any]:
        kind, _, metres = name.partition(":")
        code = cell_code(self.number) if self.world.case.owner == "cell" else FOCAL
        districts = {
            "district": code, "prefecture": f"{code[:4]}00", "province": f"{code[:2]}0000",
            "elsewhere": "530102",
        }  # fmt: skip
        if kind in districts:
            return {"type": "districts", "adcodes": [districts[kind]]}
        return {"type": kind, **({"metres": float(metres)} if metres else {})}

    def zone(self, agreement_id: str, one: values.Agreement, proposer: str) -> None:
        zone_id = sharing_models.new_id()
        self.zones[agreement_id] = zone_id
        codes = {"cell": cell_code(self.number), "focal": FOCAL}
        first, second = sorted(codes.values())
        self.rows[Zone].append(
            {"id": zone_id, "name": f"区{self.number}", "agreement_id": agreement_id,
             "state": one.zone, "current_version": 1, "proposed_by": proposer,
             "binding_version": None if one.zone == "proposed" else 1,
             "created_at": self.at(-150), "version": 1}
        )  # fmt: skip
        self.rows[ZoneVersion].append(
            {"zone_id": zone_id, "number": 1, "agreement_version": 1, "adcode_a": first,
             "adcode_b": second, "part": 0, "from_m": 0.0, "to_m": 1.0, "width_m": 500.0,
             "cap": "flat", "line": shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
             "line_length_m": 1.0, "construction_error_m": 0.1, "boundary_accuracy_m": 1.0,
             "note": "", "content_hash": "0" * 64, "created_by": "x", "created_by_name": "x",
             "created_at": self.at(-150)}
        )  # fmt: skip
        for side, code in codes.items():
            shape = strip(self.number, side)
            west, south, east, north = shape.bounds
            self.rows[ZoneStrip].append(
                {"zone_id": zone_id, "number": 1, "adcode": code, "bureau_id": self.bureau(side),
                 "shape": shapely.to_wkb(shape), "area_m2": 1.0, "west": west, "south": south,
                 "east": east, "north": north}
            )  # fmt: skip

    def case(self) -> str:
        case = self.world.case
        case_id = sharing_models.new_id()
        lon, lat = spot(self.number, case.owner, case.spot)
        texts = {
            name: mark(name, self.number)
            for name in ("number", "title", "place", "pollutant", "description")
        }
        self.rows[Case].append(
            texts
            | {"id": case_id, "owner_bureau_id": self.bureau(case.owner), "category": "water",
               "stage": case.stage, "classification": case.classification,
               "waste_code": "336-064-17", "lon": lon, "lat": lat,
               "own_number": mark("own_number", self.number),
               "adcode": cell_code(self.number) if case.owner == "cell" else FOCAL,
               "handlers": [self.packer.people[name] for name in sorted(case.handlers)],
               "criminal_suspected": False, "opened_at": self.at(-30), "created_by": "x",
               "created_by_name": mark("created_by_name", self.number), "version": 1}
        )  # fmt: skip
        return case_id

    def beside(self, case_id: str) -> None:
        n = self.number
        for form, role, name, phone, address in (
            ("firm", "respondent", mark("firm", n), mark("firm_phone", n), ""),
            ("person", "legal_rep", f"张{mark('person', n)}", "", mark("person_address", n)),
            ("person", "witness", f"李{mark('witness', n)}", "", ""),
        ):
            self.rows[CaseParty].append(
                {"id": sharing_models.new_id(), "case_id": case_id, "form": form, "role": role,
                 "name": name, "code": None, "phone": phone, "address": address, "added_by": "x",
                 "added_by_name": "x", "added_at": self.at(-30)}
            )  # fmt: skip
        self.written(case_id)
        kept = self.packer.kept
        file_id = sharing_models.new_id()
        self.pack.files.append(file_id)
        self.rows[StoredFile].append(
            {"id": file_id, "kind": "case", "record_id": case_id,
             "owner_bureau_id": self.bureau(self.world.case.owner),
             "name": f"{mark('files', n)}.png", "media_type": kept.media_type, "size": kept.size,
             "sha256": kept.sha256, "clean_sha256": kept.clean_sha256, "uploaded_by": "x",
             "uploaded_by_name": "x", "at": self.at(-30)}
        )  # fmt: skip

    def written(self, case_id: str) -> None:
        """A note of each kind, and a measure."""
        owner = self.bureau(self.world.case.owner)
        for name, kind in NOTES.items():
            self.rows[CaseNote].append(
                {"id": sharing_models.new_id(), "case_id": case_id, "bureau_id": owner,
                 "kind": kind, "text": mark(name, self.number), "at": self.at(-20), "by": None,
                 "by_name": "x"}
            )  # fmt: skip
        self.rows[CaseMeasure].append(
            {"id": sharing_models.new_id(), "case_id": case_id, "kind": "fine",
             "starts_at": self.at(-20), "document_number": "", "legal_ref": "",
             "description": mark("measures", self.number), "outcome_text": "",
             "entered_at": self.at(-20), "entered_by": "x", "entered_by_name": "x"}
        )  # fmt: skip

    def share(
        self, case_id: str, share: values.Share, agreements: list[str], given: list[str]
    ) -> str:
        """Give it, or what hangs on one that was given before; its id."""
        share_id = sharing_models.new_id()
        whole = share.groups > {values.EXISTENCE}
        self.rows[sharing_models.Share].append(
            {"id": share_id, "kind": "case", "record_id": case_id,
             "owner_bureau_id": self.bureau(self.world.case.owner),
             "partner_bureau_id": self.bureau(share.to),
             "agreement_id": self.long_over(self.world.case.owner, share.to) if share.under is None
             else agreements[share.under],
             "agreement_version": 1, "clause": "第五条", "purpose": share.purpose,
             "level": sharing_models.ShareLevel.WHITE if whole else sharing_models.ShareLevel.GRAY,
             "field_groups": sorted(share.groups),
             "granted_groups": sorted(share.granted) or None,
             "granted_until": None if share.granted_until is None else self.at(share.granted_until),
             "state": sharing_models.ShareState(share.ended or "active"), "created_by": "x",
             "created_at": self.at(share.at),
             "until": None if share.until is None else self.at(share.until),
             "keep_until": None if share.keep_until is None else self.at(share.keep_until),
             "ended_at": self.at(-0.2) if share.ended else None, "ended_by": None,
             "end_reason": "误共享" if share.ended else None, "version": 1,
             "onward_of": None if share.of is None else given[share.of],
             "onward_consented": share.consented}
        )  # fmt: skip
        self.pack.shares[share_id] = self.number
        self.tell("share", share_id, "shared", {self.world.case.owner, share.to})
        return share_id
