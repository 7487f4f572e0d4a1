"""The universities that this machine can serve: one file of settings each, ``/etc/syncd/<instance>.env``."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from syncd.config.settings import UNUSABLE, Settings, problems_of
from syncd.errors import SettingsError
from syncd.state.address import INSTANCE


class FileSettings(Settings):
    """Settings from one file alone: the worker's own environment is another university's business."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is passed in, then the file."""
        del settings_cls, env_settings, file_secret_settings
        return init_settings, dotenv_settings


def instance_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of every instance, by name."""
    for path in sorted(folder.glob("*.env")):
        if INSTANCE.fullmatch(path.stem):
            yield path.stem, path


def settings_digest(path: Path, key: str) -> str:
    """Of a file of settings, as it lies there; without the ``key`` it says nothing of what it holds. Raises OSError."""
    return hmac.new(key.encode(), path.read_bytes(), hashlib.sha256).hexdigest()


def read_instance(name: str, path: Path, *, calendars: Path) -> Settings:
    """Its settings. ``calendars``: where its calendar lies unless they say so.

    Raises `SettingsError`, also for a file that others could have written.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    if found.st_uid not in (0, os.getuid()) or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsError(f"{path} is owned or writable by others, so it was not read; chmod go-w it.")
    try:
        settings: Settings = FileSettings(_env_file=path)
    except UNUSABLE as error:
        raise SettingsError([f"{path}: {one}" for one in problems_of(error)]) from None
    return settings.model_copy(update={"instance": name}).completed_beside(calendars)
