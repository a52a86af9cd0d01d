"""Reading a bag by RFC 8493 (and its drafts from 0.93): is everything there, and nothing else?

``check_bag`` reads each file once, in pieces. What is wrong is raised; what is merely untidy (a
name in another case or normalisation, ``./`` before a path, a system's own file missing) is told
as a warning, which a caller that made the bag itself need not tolerate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sharing.digests import SM3, has_sm3, new_digest
from sharing.errors import PackageRefused
from sharing.trees import Tree, chunks
from sharing.zip_tree import READ_ERRORS

DECLARATION = re.compile(
    r"BagIt-Version: (?P<major>\d+)\.(?P<minor>\d+) ?\r?\n"
    r"Tag-File-Character-Encoding: (?P<encoding>[A-Za-z0-9._-]+) ?(\r?\n)*"
)
MANIFEST = re.compile(r"(?P<tag>tag)?manifest-(?P<algorithm>[a-z0-9]+)\.txt")
LINE = re.compile(r"(?P<digest>[0-9A-Fa-f]+)[ \t]+(?P<star>\*?)(?P<path>\S.*)")
FETCH = re.compile(r"\S+[ \t]+(?:\d+|-)[ \t]+(?P<path>\S.*)")
ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", SM3)
# What operating systems put beside files and take away again.
SYSTEM_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
# Tag files are read whole.
MOST_TAG_BYTES = 16 << 20


@dataclass
class Bag:
    """What a bag said of itself, and what was found untidy."""

    version: tuple[int, int]
    encoding: str
    # algorithm -> path -> digest (hex), payload and tag files apart
    payload: dict[str, dict[str, str]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def strict(self) -> bool:
        """Whether RFC 8493 holds, which tolerates less than its drafts."""
        return self.version >= (1, 0)


def read_tag_file(tree: Tree, name: str) -> bytes:
    """A tag file, whole.

    Raises PackageRefused ``file_missing``, ``file_unreadable``, ``too_large``.
    """
    if name not in tree.names():
        raise PackageRefused("file_missing", path=name)
    try:
        with tree.open(name) as stream:
            data = stream.read(MOST_TAG_BYTES + 1)
    except READ_ERRORS as error:
        raise PackageRefused("file_unreadable", path=name) from error
    if len(data) > MOST_TAG_BYTES:
        raise PackageRefused("too_large", limit_mb=MOST_TAG_BYTES >> 20, path=name)
    return data


def _text(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError) as error:
        raise PackageRefused("encoding", path=name, encoding=encoding) from error


def declared(tree: Tree) -> Bag:
    """The version and encoding that ``bagit.txt`` declares; raises PackageRefused ``no_bag``."""
    text = _text(read_tag_file(tree, "bagit.txt"), "utf-8", "bagit.txt")
    found = DECLARATION.fullmatch(text)
    if found is None:
        raise PackageRefused("no_bag")
    return Bag((int(found["major"]), int(found["minor"])), found["encoding"])


def check_bag(tree: Tree) -> Bag:
    """Check a bag completely; returns what it holds and what is untidy in it.

    Raises PackageRefused: ``no_bag``, ``encoding``, ``no_manifest``, ``algorithm``,
    ``manifest_line``, ``listed_twice``, ``path_outside``, ``file_missing``, ``file_extra``,
    ``digest_differs``, ``oxum_differs``, ``file_unreadable``, ``too_large``.
    """
    bag = declared(tree)
    _read_manifests(tree, bag)
    if not bag.payload:
        raise PackageRefused("no_manifest")
    _check_fetch(tree, bag)
    names = tree.names()
    payload = [name for name in names if name.startswith("data/")]
    for listed in bag.payload.values():
        _check_extra(bag, payload, listed)
    _check_digests(tree, bag, names, bag.payload)
    _check_digests(tree, bag, names, bag.tags)
    return bag


def _read_manifests(tree: Tree, bag: Bag) -> None:
    for name in tree.names():
        found = MANIFEST.fullmatch(name)
        if found is None:
            continue
        algorithm = found["algorithm"]
        if algorithm not in ALGORITHMS or (algorithm == SM3 and not has_sm3()):
            raise PackageRefused("algorithm", algorithm=algorithm)
        lines = _text(read_tag_file(tree, name), bag.encoding, name)
        listed = _read_lines(bag, lines, payload=not found["tag"])
        (bag.tags if found["tag"] else bag.payload)[algorithm] = listed


def _read_lines(bag: Bag, text: str, *, payload: bool) -> dict[str, str]:
    listed: dict[str, str] = {}
    spelt: set[str] = set()
    for line in filter(str.strip, re.split(r"\r\n|\r|\n", text)):
        found = LINE.fullmatch(line)
        if found is None:
            raise PackageRefused("manifest_line", line=line[:200])
        path = _tidy(bag, found["path"])
        if payload != path.startswith("data/"):
            raise PackageRefused("path_outside", path=path)
        digest = found["digest"].lower()
        if path in listed and (bag.strict or listed[path] != digest):
            raise PackageRefused("listed_twice", path=path)
        if _spelling(path) in spelt:
            bag.warnings.append(f"listed twice: {path}")
        if found["star"]:
            bag.warnings.append(f"written by a checksum tool: {path}")
        spelt.add(_spelling(path))
        listed[path] = digest
    return listed


def _tidy(bag: Bag, path: str) -> str:
    """A path as listed: without ``./``; line ends in names are written as percent codes."""
    if path.startswith("./"):
        bag.warnings.append(f"relative path: {path}")
        path = path[2:]
    if ".." in path.split("/"):
        raise PackageRefused("path_escapes", path=path)
    for code, char in (("%0A", "\n"), ("%0D", "\r")):
        path = re.sub(code, char, path, flags=re.IGNORECASE)
    return path


def _check_fetch(tree: Tree, bag: Bag) -> None:
    """What is to be fetched must at least belong into the bag; it is never fetched."""
    if "fetch.txt" not in tree.names():
        return
    text = _text(read_tag_file(tree, "fetch.txt"), bag.encoding, "fetch.txt")
    for line in filter(str.strip, text.splitlines()):
        found = FETCH.fullmatch(line)
        path = _tidy(bag, found["path"]) if found else ""
        if not any(path in listed for listed in bag.payload.values()):
            raise PackageRefused("path_outside", path=path or line[:200])


def _check_extra(bag: Bag, payload: Iterable[str], listed: Mapping[str, str]) -> None:
    spelt = {_spelling(path) for path in listed}
    for name in payload:
        if name not in listed and _spelling(name) not in spelt:
            raise PackageRefused("file_extra", path=name)
        if name not in listed:
            bag.warnings.append(f"spelt otherwise: {name}")


def _spelling(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _check_digests(
    tree: Tree, bag: Bag, names: list[str], manifests: Mapping[str, Mapping[str, str]]
) -> None:
    """Read each listed file once and compare it with every manifest that lists it."""
    by_spelling = {_spelling(name): name for name in names}
    known = set(names)
    for path in sorted({path for listed in manifests.values() for path in listed}):
        name = path if path in known else by_spelling.get(_spelling(path))
        if name is None and path.rsplit("/", 1)[-1] in SYSTEM_FILES:
            bag.warnings.append(f"system file missing: {path}")
            continue
        if name is None:
            raise PackageRefused("file_missing", path=path)
        wanted = {alg: listed[path] for alg, listed in manifests.items() if path in listed}
        if digests(tree, name, wanted) != wanted:
            raise PackageRefused("digest_differs", path=path)


def digests(tree: Tree, name: str, algorithms: Iterable[str]) -> dict[str, str]:
    """Digests (hex) of a file, read once; raises PackageRefused ``file_unreadable``."""
    sums = {alg: new_digest(alg) for alg in algorithms}
    try:
        with tree.open(name) as stream:
            for piece in chunks(stream):
                for one in sums.values():
                    one.update(piece)
    except READ_ERRORS as error:
        raise PackageRefused("file_unreadable", path=name) from error
    return {alg: one.hexdigest() for alg, one in sums.items()}
