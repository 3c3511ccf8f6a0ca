"""Which files are keys of this server: what a check looks at, and what a backup keeps apart from the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.server.code_door import KEY_FILE as CODE_KEY
from app.server.identity import KEY_FILE as SERVER_KEY
from app.server.settings import Settings
from app.server.survey.keys import SEAL_FILE, SURVEY, TAKE_UP


def key_places(settings: Settings) -> dict[str, Path]:
    """Name in a backup -> folder or file it belongs to: the two keys with a place of their own; all others lie in `survey_folder`."""
    data = Path(settings.data_dir)
    return {SERVER_KEY: data / SERVER_KEY, CODE_KEY: Path(settings.code_key_file or data / CODE_KEY)}


def survey_folder(settings: Settings) -> Path:
    """Where the keys of the survey lie."""
    return Path(settings.survey_key_folder or settings.data_dir)


def is_survey_key(name: str) -> bool:
    """By its name."""
    return name == SEAL_FILE or name.startswith((f"{SURVEY}-", f"{TAKE_UP}-"))


def key_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Name in a backup and path of each key that is there. Raises OSError for a folder that cannot be read."""
    yield from ((name, path) for name, path in key_places(settings).items() if path.is_file())
    folder = survey_folder(settings)
    if folder.is_dir():
        yield from sorted((path.name, path) for path in folder.iterdir() if path.is_file() and is_survey_key(path.name))
