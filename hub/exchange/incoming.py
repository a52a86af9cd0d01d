"""A package that was uploaded: opened where it lies, checked with the keys the bureau trusts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.services import bureau
from hub.errors import Invalid, field_error
from hub.exchange.words import reason
from hub.keys.partners import ring_of
from sharing.errors import SharingError
from sharing.signing import PublicKey


def trust(session: Session, actor: Actor) -> tuple[list[PublicKey], str]:
    """The keys that the actor's bureau trusts, and its own adcode."""
    return ring_of(session, actor.bureau_id), bureau(session, actor.bureau_id).adcode


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what is wrong with a file into an answer that says so.

    Raises:
        Invalid: with the reason in words, and its code as `reason`.
    """
    try:
        yield
    except SharingError as error:
        raise refusal(error) from error


def refusal(error: SharingError) -> Invalid:
    """The answer for a package that is not accepted."""
    words = _l("数据包未被接受：%(reason)s。没有写入任何内容。", reason=reason(error))
    answer = field_error("file", words)
    answer.extra = {"reason": error.code}
    return answer
