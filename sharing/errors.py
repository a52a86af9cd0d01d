"""What the sharing engine refuses: one root, a code per reason."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy.exc import DontWrapMixin


class SharingError(DontWrapMixin, Exception):
    """The sharing engine refuses something; ``code`` says what, ``params`` say with what.

    SQLAlchemy must not wrap it: it is also raised while a statement's values are bound.
    """

    default_code: ClassVar[str] = "sharing_refused"

    def __init__(self, code: str | None = None, /, **params: object) -> None:
        self.code = code or self.default_code
        self.params = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{self.code}: {details}" if details else self.code)


class InvalidTerms(SharingError):
    """Terms that say nothing definite, or something that may never be agreed."""

    default_code = "invalid_terms"


class UnknownFormat(SharingError):
    """A stored or received value whose format this version does not understand."""

    default_code = "unknown_format"


class UnclassifiedField(SharingError):
    """A record carries a field that belongs to no field group, so nobody may see the record."""

    default_code = "unclassified_field"


class NaiveDatetime(SharingError):
    """A time without a time zone cannot be stored or signed."""

    default_code = "naive_datetime"


class NotCanonical(SharingError):
    """A value that has no canonical JSON form (NaN, foreign types, keys that are not text)."""

    default_code = "not_canonical"


class FeedPositionRefused(SharingError):
    """A position in a feed that does not exist, or a page size that makes no sense."""

    default_code = "feed_position_refused"


class ShareEnded(SharingError):
    """The share was recalled or has expired, so this can no longer be done with it."""

    default_code = "share_ended"


class ReceiptRefused(SharingError):
    """A receipt that contradicts an earlier one, or that this bureau cannot give."""

    default_code = "receipt_refused"


class Malformed(SharingError):
    """A file that is not what it should be: no JSON, a field missing, of the wrong type."""

    default_code = "malformed"


class SignatureRefused(SharingError):
    """A signature that does not hold: the code says why."""

    default_code = "signature_refused"


class KeyUnreadable(SharingError):
    """A private key that cannot be opened with this secret."""

    default_code = "key_unreadable"


class PackageRefused(SharingError):
    """A package, or a bag, that is not opened: the code says what is wrong, params say where."""

    default_code = "package_refused"
