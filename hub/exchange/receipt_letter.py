"""The receipt of a package as a letter: what the signed file says, for the folder of paper."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.bureaus.services import bureau
from hub.clock import SHANGHAI
from hub.documents.letter import Letter
from hub.errors import NotFound
from hub.exchange.judging import IN
from hub.exchange.models import ExchangePackage
from hub.meetings.protocol import chinese_day

# Words of the document, which is Chinese whoever draws it.
OUTCOMES = {
    "new": "新增",
    "changed": "更新",
    "same": "无变化",
    "withdrawn": "按对方通知清除",
    "older": "比已有的旧，保留已有的",
}


def receipt_letter(session: Session, row: ExchangePackage) -> Letter:
    """The receipt of a package, by the receiver's signed word.

    Raises:
        NotFound: there is none yet.
    """
    if row.receipt is None:
        raise NotFound
    signed: dict[str, Any] = json.loads(row.receipt)
    body, signature = signed["body"], signed["signature"]
    at = datetime.fromisoformat(body["imported_at"]).astimezone(SHANGHAI)
    own = bureau(session, row.bureau_id).name
    sender = row.partner_name if row.direction == IN else own
    outcomes = "；".join(f"{OUTCOMES.get(name, name)}{n}条" for name, n in body["counts"].items())
    return Letter(
        authority=str(body["receiver"]["name"]),
        number=row.number,
        title="数据包签收回执",
        addressee=sender,
        paragraphs=(
            f"贵单位交来的数据包（编号{row.number}，第{row.sequence}个，共{row.records}条记录）"
            f"已于{chinese_day(at)}{at:%H时%M分}核验并整包导入，由{body['imported_by']}办理。"
            "签名有效，每个文件的摘要与清单一致。",
            f"导入结果：{outcomes or '没有记录'}。",
        ),
        signer=str(body["receiver"]["name"]),
        date=chinese_day(at),
        # Compared character by character, so one on a line; the letter keeps to its page.
        fine=(
            f"签名摘要（SHA-256）：{body['digest']}",
            f"默克尔根：{body['root']}",
            f"数据包标识：{body['package']}",
            f"回执签名密钥的指纹：{signature['fingerprint']}",
        ),
        remark="本页由签名的回执文件生成，以该文件为准。",
    )
