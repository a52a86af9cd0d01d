"""A record of an inspection as a document: 现场检查（勘察）笔录, and 补充笔录.

The words below are the document's own, in the language of the authorities, whoever reads the page.
"""

from __future__ import annotations

import io
from datetime import datetime

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageChops, ImageOps
from sqlalchemy.orm import Session

from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.documents.embedding import can_draw
from hub.documents.record import Plate, Record, Signed
from hub.documents.record_pdf import record_pdf
from hub.documents.record_word import record_word
from hub.documents.word import MEDIA_TYPE
from hub.errors import Unavailable
from hub.files.images import Captured
from hub.files.models import StoredFile
from hub.files.services import Prepared
from hub.files.store import FileStore
from hub.inspections import papers
from hub.inspections.content import Content
from hub.inspections.labels import SignerRole
from hub.inspections.models import InspectionRecord, InspectionSignature
from hub.inspections.signing import Signer, key_of, signers_of, standing
from hub.inspections.words import RIGHTS
from hub.patrols.models import Patrol

TITLE, SUPPLEMENT = "现场检查（勘察）笔录", "现场检查（勘察）补充笔录"
LABELS = {
    SignerRole.OFFICER: "检查人员签名",
    SignerRole.PARTY: "被检查人签名",
    SignerRole.WITNESS: "见证人签名",
    SignerRole.GUEST: "协助人员签名",
}
AVOIDANCE = {"": "", "no": "不申请回避", "yes": "申请回避"}
# The longer side of a photo in the annex, in pixels: as fine as it is printed.
PLATE_PX = 1400


def record_of(session: Session, row: InspectionRecord, store: FileStore) -> Record:
    """The record as it is printed, with the signatures that stand at this moment."""
    content = papers.content_of(row)
    signed = _signed(session, row, store)
    first = session.get(InspectionRecord, row.supplements_id) if row.supplements_id else None
    return Record(
        authority=bureau(session, row.bureau_id).name,
        title=SUPPLEMENT if first else TITLE,
        number=row.number,
        head=_head(session, row, content, first.number if first else None),
        parts=_parts(session, row, content),
        closing=_closing(content),
        signed=tuple(signed),
        foot=tuple(one for one in signed if one.label != LABELS[SignerRole.GUEST]),
        plates=tuple(_plates(session, row, store)),
        remark=f"正文 SHA-256：{papers.hash_of(session, row)}",
    )


def make_files(store: FileStore, record: Record) -> list[Prepared]:
    """The record as Word and, where this machine has a Chinese font, as PDF; kept in the store."""
    made = [_keep(store, f"{record.number}.docx", MEDIA_TYPE, record_word(record))]
    if can_draw():
        made.append(_keep(store, f"{record.number}.pdf", "application/pdf", record_pdf(record)))
    return made


def _keep(store: FileStore, name: str, media_type: str, data: bytes) -> Prepared:
    store.folder.mkdir(parents=True, exist_ok=True)
    return Prepared(name, media_type, len(data), store.put(data), None, Captured())


def chinese_moment(at: datetime | None) -> str:
    """A moment as documents write it (Asia/Shanghai): 2026年11月23日14时05分."""
    if at is None:
        return "　　年　月　日　时　分"
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"


def _head(
    session: Session, row: InspectionRecord, content: Content, first: str | None
) -> tuple[tuple[str, str], ...]:
    party, patrol = content.party, session.get_one(Patrol, row.patrol_id)
    known = party.kind != "unknown"
    rows = [
        ("补充的笔录", first or ""),
        ("检查事由", content.cause),
        ("检查地点", f"{content.place}（东经{row.lon:.6f}°，北纬{row.lat:.6f}°）"),
        ("检查时间", f"{chinese_moment(content.starts_at)}至{chinese_moment(content.ends_at)}"),
        ("天气", content.weather),
        ("被检查人", party.name if known else "现场无法确定"),
        ("统一社会信用代码", party.uscc),
        ("法定代表人（负责人）", party.legal_representative),
        ("住所（地址）", party.address),
        ("现场人员", _met(content)),
        *[("检查人员", _officer(one)) for one in papers.officers_of(session, row)],
        *[("协助人员", _officer(one)) for one in papers.guests_of(session, row)],
        ("联合巡查", f"{patrol.title}（{patrol.number}）"),
    ]  # fmt: skip
    return tuple((label, text) for label, text in rows if text)


def _met(content: Content) -> str:
    party = content.party
    identity = f"{party.id_kind} {party.id_number}".strip()
    said = [party.person, party.relation and f"与被检查人关系：{party.relation}",
            party.phone and f"电话：{party.phone}", identity]  # fmt: skip
    return "，".join(part for part in said if part)


def _officer(one: dict[str, str]) -> str:
    recorder = "（记录人）" if one.get("recorder") else ""
    certificate = f"　执法证号：{one['license_no']}" if one["license_no"] else ""
    return f"{one['name']}{recorder}　{one['unit']}{certificate}"


def _parts(
    session: Session, row: InspectionRecord, content: Content
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    numbers = {file.id: n for n, file in enumerate(papers.photos_of(session, row), 1)}
    parts = [
        ("告知事项", _told(session, row, content)),
        ("现场检查情况", tuple(
            f"{n}. {item.text}{_shown([numbers[p] for p in item.photos if p in numbers])}"
            for n, item in enumerate(content.items, 1))),
        ("现场询问", tuple(
            line for one in content.answers
            for line in (f"问：{one.question}", f"答：{one.answer}"))),
        ("现场取样", tuple(
            f"{n}. 样品编号{one.code}，{one.what}，{one.amount}，取样点：{one.place}"
            for n, one in enumerate(content.samples, 1))),
        ("现场采取的措施", tuple(line for line in content.measures.split("\n") if line.strip())),
    ]  # fmt: skip
    return tuple((heading, lines) for heading, lines in parts if lines)


def _told(session: Session, row: InspectionRecord, content: Content) -> tuple[str, ...]:
    lines = []
    if content.rights_told:
        lines.append(RIGHTS.format(bureau=bureau(session, row.bureau_id).name))
    if content.identity_shown:
        lines.append("执法人员已出示执法证件。")
    if content.avoidance:
        note = f"：{content.avoidance_note}" if content.avoidance_note else ""
        lines.append(f"被检查人{AVOIDANCE[content.avoidance]}{note}。")
    return tuple(lines)


def _shown(numbers: list[int]) -> str:
    return f"（见照片{'、'.join(str(one) for one in numbers)}）" if numbers else ""


def _closing(content: Content) -> tuple[str, ...]:
    refusal = content.refusal
    if content.party.kind == "unknown":
        return ("现场无法确定被检查人，由检查人员签名。",)
    if not refusal.refused:
        return (f"被检查人核对意见：{content.statement}",)
    witness = ""
    if refusal.witness_name:
        unit = f"（{refusal.witness_unit}）" if refusal.witness_unit else ""
        witness = f"见证人：{refusal.witness_name}{unit}。"
    video = "检查过程已全程录音录像。" if refusal.on_video else ""
    return (f"被检查人拒绝签名，原因：{refusal.reason}。{witness}{video}",)


def _signed(session: Session, row: InspectionRecord, store: FileStore) -> list[Signed]:
    given = {key_of(one): one for one in standing(session, row)}
    return [
        _one(session, store, signer, given.get(signer.key))
        for signer in signers_of(session, row)
        if signer.required or signer.key in given
    ]


def _one(
    session: Session, store: FileStore, signer: Signer, row: InspectionSignature | None
) -> Signed:
    label = LABELS[signer.role]
    if row is None:
        return Signed(label, signer.name, None)
    picture = session.get_one(StoredFile, row.file_id)
    data = _intact(store, picture.sha256)
    return Signed(label, signer.name, trimmed(data), chinese_moment(row.at))


def _intact(store: FileStore, sha256: str) -> bytes:
    """A picture as it was sealed.

    Raises:
        Unavailable: it is missing or was altered: no document is made without it.
    """
    data = store.read(sha256)
    if data is None:
        raise Unavailable(_l("文件缺失或与封存时不一致，未交出。请联系系统管理员。"))
    return data


def trimmed(data: bytes) -> bytes:
    """A signature without the white around it, as PNG, so that it is large enough to be read."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    out = io.BytesIO()
    picture.crop(box or (0, 0, *picture.size)).save(out, "PNG")
    return out.getvalue()


def _plates(session: Session, row: InspectionRecord, store: FileStore) -> list[Plate]:
    return [
        Plate(
            f"照片{number}",
            smaller_photo(_intact(store, file.clean_sha256 or "")),
            _caption(row, file),
        )
        for number, file in enumerate(papers.photos_of(session, row), 1)
    ]


def smaller_photo(data: bytes) -> bytes:
    """A photo no finer than it is printed, as JPEG, upright."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    picture.thumbnail((PLATE_PX, PLATE_PX))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _caption(row: InspectionRecord, file: StoredFile) -> tuple[str, ...]:
    place = papers.content_of(row).place
    if file.captured_lon is not None and file.captured_lat is not None:
        place = f"{place}（{file.captured_lon:.6f}, {file.captured_lat:.6f}）"
    return (
        f"拍摄地点：{place}",
        f"拍摄时间：{chinese_moment(file.captured_at or file.at)}　拍摄人：{file.uploaded_by_name}",
        f"原件 SHA-256：{file.sha256}",
    )
