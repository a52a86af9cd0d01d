"""From text to tokens, alike for both databases, Chinese and Latin.

Runs of ASCII letters and digits are words, found by how they begin. Every other run of letters is
cut into pairs of neighbouring characters, because Chinese is written without spaces and most of
its words have two characters; a single character is found by the pairs that it begins. Each token
carries the field group it stands in, so that a query can be confined to the groups a reader sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
# More of one field is not indexed; the longest words that are told apart; pieces of one query.
MAX_TEXT = 20_000
MAX_WORD = 40
MAX_PIECES = 8


@dataclass(frozen=True)
class Piece:
    """Part of a query: all its tokens stand in one field group; a prefix one may go on."""

    tokens: tuple[str, ...]
    prefix: bool
    text: str


def folded(text: str) -> str:
    """The text as it is compared: width, case and compatibility forms aside."""
    return unicodedata.normalize("NFKC", text).casefold()


def _runs(text: str) -> list[str]:
    return WORD.findall(folded(text[:MAX_TEXT]))


def _pair(characters: str) -> str:
    # Numbers, because a database's own idea of letters is older than ours.
    return "h" + "".join(f"{ord(character):06x}" for character in characters)


def tokens_of(text: str) -> set[str]:
    """All tokens of a text."""
    found = set()
    for run in _runs(text):
        if run.isascii():
            found.add("w" + run[:MAX_WORD])
        else:
            # The last character is found too, as one that begins no pair.
            found |= {_pair(run[i : i + 2]) for i in range(len(run))}
    return found


def pieces_of(query: str) -> tuple[Piece, ...]:
    """What a query asks for; every piece must be found."""
    pieces = []
    for run in _runs(query)[:MAX_PIECES]:
        if run.isascii():
            pieces.append(Piece(("w" + run[:MAX_WORD],), True, run))
        elif len(run) == 1:
            pieces.append(Piece((_pair(run),), True, run))
        else:
            pairs = tuple(dict.fromkeys(_pair(run[i : i + 2]) for i in range(len(run) - 1)))
            pieces.append(Piece(pairs, False, run))
    return tuple(dict.fromkeys(pieces))


def group_prefix(group: str) -> str:
    """How tokens of a field group begin: its letters and a digit, which no group has."""
    letters = group.replace("_", "")
    if not (letters.isascii() and letters.isalpha()):
        raise ValueError(f"not the name of a field group: {group}")
    return letters.lower() + "0"


def marked(texts_by_group: Mapping[str, Iterable[str]]) -> list[str]:
    """The tokens of a record, each with its field group, sorted."""
    return sorted(
        group_prefix(group) + token
        for group, texts in texts_by_group.items()
        for text in texts
        for token in tokens_of(text)
    )


def matches(pieces: Sequence[Piece], texts_by_group: Mapping[str, Iterable[str]]) -> bool:
    """Whether every piece is found, each within one field group."""
    held = [
        set().union(*map(tokens_of, texts)) for texts in map(list, texts_by_group.values()) if texts
    ]
    return bool(pieces) and all(any(_holds(piece, tokens) for tokens in held) for piece in pieces)


def _holds(piece: Piece, tokens: set[str]) -> bool:
    if piece.prefix:
        return any(token.startswith(piece.tokens[0]) for token in tokens)
    return tokens.issuperset(piece.tokens)


@dataclass(frozen=True)
class Asked:
    """A query: every piece in one of `groups`, or in a group of `also` of records that hold a
    further token; of records that hold one of the tokens `within`, so that the index leads straight
    to what is the reader's."""

    pieces: Sequence[Piece]
    groups: Collection[str]
    within: Collection[str]
    also: Mapping[str, str] = field(default_factory=dict)


def fts5_query(asked: Asked) -> str:
    """The query for SQLite."""
    return _query(asked, ("AND", "OR", "*"))


def tsquery(asked: Asked) -> str:
    """The same for PostgreSQL."""
    return _query(asked, ("&", "|", ":*"))


def _query(query: Asked, signs: tuple[str, str, str]) -> str:
    both, either, further = signs
    groups, also = query.groups, query.also
    asked = [f"({f' {either} '.join(sorted(query.within))})"]
    for piece in query.pieces:
        ways = []
        for group in [*sorted(groups), *sorted(also)]:
            tokens = [
                group_prefix(group) + token + (further if piece.prefix else "")
                for token in piece.tokens
            ]
            if group in also:
                tokens.append(also[group])
            ways.append(f"({f' {both} '.join(tokens)})")
        asked.append(f"({f' {either} '.join(ways)})")
    return f" {both} ".join(asked)


# A group of the index alone: the full names of persons, by which only those find who handle it.
PERSONS = "persons"
# Groups that partners do not read as the owner does; the index holds their words a second time.
RETOLD = frozenset({"party", "measures", "progress"})


def as_partners_read(group: str) -> str:
    """The group of the index with the words that partners read in a field group."""
    return f"shown{group}" if group in RETOLD else group


# Tokens that say whose a record is: letters and the digit one, with which no field group begins.
def handler_token(user_id: str) -> str:
    """The token of a record that this person handles."""
    return _plain("handler1", user_id)


def owner_token(bureau_id: str) -> str:
    """The token of a record of this bureau."""
    return _plain("owner1", bureau_id)


def partner_token(bureau_id: str) -> str:
    """The token of a record that is shared to this bureau."""
    return _plain("to1", bureau_id)


def agreement_token(agreement_id: str) -> str:
    """The token of a record that the parties of this agreement are told of."""
    return _plain("under1", agreement_id)


def received_token(bureau_id: str) -> str:
    """The token of a record that this bureau received by package."""
    return _plain("received1", bureau_id)


def _plain(marker: str, key: str) -> str:
    return marker + key.replace("-", "")


def highlighted(text: str, pieces: Sequence[Piece], width: int = 80) -> list[tuple[str, bool]]:
    """An excerpt around the first hit, as parts of plain text and whether each is a hit."""
    flat = " ".join(text.split())
    spans = sorted(_spans(flat, pieces))
    if not spans:
        return []
    # What fits is shown whole: a title loses nothing.
    start = max(0, min(spans[0][0] - width // 3, len(flat) - width))
    end = min(len(flat), start + width)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            parts.append((flat[at:first], False))
        parts.append((flat[first:last], True))
        at = last
    if at < end:
        parts.append((flat[at:end], False))
    return [*parts, ("…", False)] if end < len(flat) else parts


def _spans(text: str, pieces: Sequence[Piece]) -> Iterable[tuple[int, int]]:
    # Folding may change the length of a text: such texts are searched as they are.
    plain = folded(text)
    plain = plain if len(plain) == len(text) else text.lower()
    for piece in pieces:
        pattern = re.escape(piece.text)
        if piece.text.isascii():
            pattern = r"(?<![a-z0-9])" + pattern
        for found in re.finditer(pattern, plain):
            yield found.span()
