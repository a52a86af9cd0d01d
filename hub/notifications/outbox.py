"""The outbox: each mail is sent until the server has taken it, later and later, then given up.

The try is entered before the server is spoken to, so a kill in between costs the wait until the
next try, and no transaction is open while a slow server answers. Should the kill fall between the
server's taking the mail and our note of it, the mail goes out again under the same Message-ID, by
which mail systems know it as the same.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.config import Settings
from hub.db import Database
from hub.notifications.models import Mail, MailState
from hub.web.identity import settings

log = structlog.get_logger()
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
MOST_TRIES = 12
TIMEOUT_S = 20
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def due(session: Session, now: datetime) -> Sequence[str]:
    """Ids of mails to be tried; none while no mail server is set."""
    if not settings().smtp_url:
        return []
    return session.scalars(
        select(Mail.id)
        .where(Mail.state == MailState.WAITING, Mail.next_at <= now)
        .order_by(Mail.next_at, Mail.id)
        .limit(100)
    ).all()


def send(database: Database, mail_id: str, now: datetime) -> bool:
    """Try one mail; whether the server took it."""
    with database.unit_of_work() as session:
        mail = session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state != MailState.WAITING or mail.next_at > now:
            return False
        mail.tries += 1
        mail.next_at = now + min(FIRST_WAIT * 2 ** (mail.tries - 1), LONGEST_WAIT)
        message = _message(mail, settings())
    failure = _deliver(message, settings().smtp_url)
    with database.unit_of_work() as session:
        mail = session.get_one(Mail, mail_id, with_for_update=True)
        if failure is None:
            mail.state, mail.sent_at, mail.error = MailState.SENT.value, now, None
            return True
        mail.error = failure[:300]
        if mail.tries >= MOST_TRIES:
            mail.state = MailState.GIVEN_UP.value
    log.warning("mail.failed", mail=mail_id, tries=mail.tries, error=failure)
    return False


def _message(mail: Mail, options: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"] = options.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.made_at)
    message["Message-ID"] = f"<{mail.id}@lianfang.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    if mail.calendar is not None and mail.about is not None:
        # As mail programs know an invitation: beside the text, and once more as a file.
        params = {"method": mail.about.rpartition(":")[2]}
        message.add_alternative(mail.calendar, subtype="calendar", params=params)
        message.add_attachment(
            mail.calendar, subtype="calendar", params=params, filename="meeting.ics"
        )
    return message


def _deliver(message: EmailMessage, url: str) -> str | None:
    """Hand a message to the server; None, or what went wrong."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(host, port, timeout=TIMEOUT_S) as server:
            if parts.scheme == "smtp+starttls":
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        return f"{type(error).__name__}: {error}"
    return None
