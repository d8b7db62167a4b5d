"""What `chiron report` does: find out which files are wanted, and write each of them whole or not at all."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from deploy import trouble
from projections import report_files
from projections.report_files import DOCUMENT, MEDIA_TYPES, PAGES, File
from projections.reporting import Reports

SUFFIXES: Final = tuple(MEDIA_TYPES)

Written = Callable[[File], Iterable[bytes]]


class OutUnknown(trouble.Trouble):
    """{out} does not say what to write: end it with .pdf, .html, .csv, .parquet or .svg, or with /."""


class OnlyMissing(trouble.Trouble):
    """One .{suffix} file holds one report: say which with --only, of {names}."""


class OnlyUnknown(trouble.Trouble):
    """There is no {only} as .{suffix}: choose one of {names}."""


class OnlyUseless(trouble.Trouble):
    """{out} holds all reports: leave --only out, or write .csv, .parquet or .svg."""


class FileIsThere(trouble.Trouble):
    """{file} is there already: choose another name, or overwrite it with --force."""


class OutNotWritable(trouble.Trouble):
    """{file} cannot be written ({reason}): choose another place with --out."""


def wanted(reports: Reports, out: str, only: str | None) -> dict[Path, File]:
    """The files, by where they go."""
    place = Path(out)
    suffix = place.suffix.removeprefix(".").lower()
    if out.endswith(("/", os.sep)) or place.is_dir():
        if only is not None:
            raise OnlyUseless(out=out)
        return {place / str(file): file for file in report_files.files(reports)}
    if suffix not in SUFFIXES:
        raise OutUnknown(out=out)
    if suffix in PAGES:
        if only is not None:
            raise OnlyUseless(out=out)
        return {place: File(DOCUMENT, suffix)}
    return {place: _one(reports, only, suffix)}


def _one(reports: Reports, only: str | None, suffix: str) -> File:
    names = [file.name for file in report_files.files(reports) if file.suffix == suffix]
    if only is None:
        raise OnlyMissing(suffix=suffix, names=", ".join(names))
    if only not in names:
        raise OnlyUnknown(only=only, suffix=suffix, names=", ".join(names))
    return File(only, suffix)


def free(places: Iterable[Path], *, force: bool) -> None:
    """Raises FileIsThere: before anything is made, rather than after half of it."""
    for place in places:
        if place.exists() and not force:
            raise FileIsThere(file=place)


def write(places: dict[Path, File], made: Written) -> Iterator[Path]:
    """Each as it is there."""
    for place, file in places.items():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _whole(place, made(file))
        except OSError as error:
            raise OutNotWritable(file=place, reason=error.strerror) from error
        yield place


def _whole(place: Path, pieces: Iterable[bytes]) -> None:
    """Nobody finds a part of it under its name."""
    part = place.with_name(f".{place.name}.part")
    try:
        with part.open("wb") as written:
            written.writelines(pieces)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
