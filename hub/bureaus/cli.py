"""`flask --app hub boundaries ...`: check boundary data and put surveyed outlines into use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from geo.boundaries import BoundarySet, Problem, apart, check, load, read_official
from geo.boundary_set import FORMAT
from geo.errors import GeoError
from hub.bureaus.importing import ImportPlan, in_use, plan_import
from hub.bureaus.services import import_boundaries
from hub.changes import SYSTEM
from hub.db import read_only, unit_of_work

boundaries_group = AppGroup("boundaries", help="The outlines of jurisdictions.")
SHOWN = 20

Command = Callable[..., None]


def _reading_options(command: Command) -> Command:
    """The options that say how a file of foreign origin is to be read."""
    for option in reversed(
        [
            click.option("--crs", default=None, help="override the file's CRS, e.g. EPSG:4549"),
            click.option("--gcj02", is_flag=True, help="coordinates are GCJ-02: shift them back"),
            click.option("--layer", default=None, help="layer of a GeoPackage"),
            click.option("--adcode-field", default=None, help="field with the GB/T 2260 code"),
            click.option("--name-field", default=None, help="field with the name"),
        ]
    ):
        command = option(command)
    return command


def _read(file: Path, accuracy_m: float, source: str, how: dict[str, Any]) -> BoundarySet:
    try:
        if _is_own(file):
            return load(file)
        return read_official(file, accuracy_m=accuracy_m, source=source, **how)
    except GeoError as error:
        raise click.ClickException(str(error)) from error


def _is_own(file: Path) -> bool:
    """Whether the file is one that `make boundaries` wrote, which names its own accuracy."""
    if file.suffix.lower() not in (".geojson", ".json") or not file.is_file():
        return False
    with file.open("rb") as opened:
        start = opened.read(4096)
    return f'"format":"{FORMAT}"'.encode() in start.replace(b" ", b"")


@boundaries_group.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@_reading_options
def boundaries_check(file: Path | None, **how: Any) -> None:
    """Report gaps, overlaps and edges that neighbours do not share; of FILE, or of those in use."""
    if file is None:
        with read_only() as session:
            boundaries = in_use(session)
    else:
        boundaries = _read(file, 0.0, "", how)
    problems = check(boundaries).problems
    names = {outline.adcode: outline.name for outline in boundaries.jurisdictions}
    click.echo(f"{len(names)} jurisdictions, {len(problems)} problems")
    if file is not None:
        click.echo("in the file: " + _listed(names, names))
    _show_problems(problems, names)
    if alone := apart(boundaries):
        click.echo("touch no other outline of the set: " + _listed(alone, names))
    sys.exit(1 if problems else 0)


@boundaries_group.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@_reading_options
@click.option(
    "--accuracy-m",
    required=True,
    type=click.FloatRange(0, 10_000),
    help="what the surveyor states, metres at 95 %",
)
@click.option("--source", default="", help="where the data come from; the file's name without it")
@click.option("--dry-run", is_flag=True, help="only say what it would do")
@click.option(
    "--allow-mismatch",
    is_flag=True,
    help="import although outlines that stay do not share the new edges",
)
@click.option("--yes", is_flag=True, help="do not ask before outlines are replaced")
def boundaries_import(
    file: Path,
    accuracy_m: float,
    source: str,
    dry_run: bool,
    allow_mismatch: bool,
    yes: bool,
    **how: Any,
) -> None:
    """Replace outlines by those of FILE, after checking, saying what would move and asking."""
    boundaries = _read(file, accuracy_m, source, how)
    with read_only() as session:
        plan = plan_import(session, boundaries)
        _show_plan(plan, {o.adcode: o.name for o in (*in_use(session).jurisdictions,
                                                     *plan.boundaries.jurisdictions)})  # fmt: skip
    _refuse_faults(plan, allow_mismatch)
    if dry_run:
        click.echo("dry run: nothing was changed")
        return
    if not yes and not click.confirm("Replace the outlines in use by these?"):
        click.echo("nothing was changed")
        return
    with unit_of_work() as session:
        again = plan_import(session, boundaries)  # what was in use may have changed meanwhile
        _refuse_faults(again, allow_mismatch)
        result = import_boundaries(session, SYSTEM, again.boundaries)
    click.echo(f"imported: {result.replaced} replaced, {result.added} added")


def _refuse_faults(plan: ImportPlan, allow_mismatch: bool) -> None:
    if plan.faults:
        raise click.ClickException(f"the file has {len(plan.faults)} problems; nothing was changed")
    count = len(plan.mismatches) + len(plan.lost)
    if count and not allow_mismatch:
        raise click.ClickException(
            f"{count} problems with outlines that stay in use; bring the neighbours "
            "too, or accept it with --allow-mismatch; nothing was changed"
        )


def _show_plan(plan: ImportPlan, names: Mapping[str, str]) -> None:
    for change in plan.moved:
        click.echo(
            f"{change.adcode} {change.name}: outline moves up to {change.moved_max_m:.2f} m, "
            f"area {change.area_change_m2:+,.0f} m²"
        )
    still = [c.adcode for c in plan.comparison.changes if c not in plan.moved]
    for text, codes in (
        ("in the file, the same as in use", still),
        ("new", plan.comparison.new),
        ("not in the file, unchanged", plan.comparison.missing),
    ):
        if codes:
            click.echo(f"{text}: " + _listed(codes, names))
    for line in plan.lines:
        length = "would be lost" if line.length_new_m is None else f"{line.length_new_m:,.0f} m"
        sides = f"{names[line.a]}–{names[line.b]}"
        click.echo(f"line {line.a}-{line.b} {sides}: {length}, moves up to {line.moved_m:.2f} m")
    for name in plan.zones:
        click.echo(f"zone {name}: keeps its geometry; propose a new version to follow the line")
    _show_problems((*plan.faults, *plan.mismatches), names)


def _listed(codes: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(f"{code} {names.get(code, '')}".strip() for code in codes)


def _show_problems(problems: Iterable[Problem], names: Mapping[str, str]) -> None:
    found = list(problems)
    for problem in found[:SHOWN]:
        click.echo(
            f"  {problem.kind} at {problem.lon:.6f}, {problem.lat:.6f} "
            f"({_listed(problem.adcodes, names)}): {problem.text}"
        )
    if len(found) > SHOWN:
        click.echo(f"  ... and {len(found) - SHOWN} more")
