from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from andel.shared.clock import swedish_day
from andel.shared.secretbox import FOLDER_VARIABLE, KEYS_VARIABLE, SecretBox, SecretBoxError, add_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
SECRET, PURPOSE = "hemligt åäö", "provider:1"


def test_what_is_sealed_can_be_opened_for_the_same_purpose_alone() -> None:
    box = SecretBox.of([OLD])
    sealed = box.seal(SECRET, purpose=PURPOSE)
    assert SECRET.encode() not in sealed
    assert box.open(sealed, purpose=PURPOSE) == SECRET
    for purpose in ("provider:2", "", "provider:1\0"):
        with pytest.raises(SecretBoxError, match="cannot be opened"):
            box.open(sealed, purpose=purpose)


@pytest.mark.parametrize("place", [0, 20, -1])
def test_what_was_changed_or_sealed_elsewhere_cannot_be_opened(place: int) -> None:
    box = SecretBox.of([OLD])
    sealed = bytearray(box.seal(SECRET, purpose=PURPOSE))
    with pytest.raises(SecretBoxError):
        SecretBox.of([NEW]).open(bytes(sealed), purpose=PURPOSE)
    sealed[place] ^= 1
    with pytest.raises(SecretBoxError):
        box.open(bytes(sealed), purpose=PURPOSE)
    with pytest.raises(SecretBoxError):
        box.reseal(bytes(sealed))


def test_a_key_is_changed_without_losing_a_secret() -> None:
    sealed = SecretBox.of([OLD]).seal(SECRET, purpose=PURPOSE)
    both = SecretBox.of([NEW, OLD])
    assert both.open(sealed, purpose=PURPOSE) == SECRET
    anew = both.reseal(sealed)
    assert SecretBox.of([NEW]).open(anew, purpose=PURPOSE) == SECRET
    with pytest.raises(SecretBoxError):
        SecretBox.of([OLD]).open(anew, purpose=PURPOSE)


def test_the_newest_file_of_a_folder_seals_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "keys"
    first = add_key(folder, NOW)
    sealed = SecretBox.from_folder(folder).seal(SECRET, purpose=PURPOSE)
    second = add_key(folder, NOW + timedelta(days=1))
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    box = SecretBox.from_environment()
    assert box.open(sealed, purpose=PURPOSE) == SECRET
    assert SecretBox.of([second.read_text()]).open(box.seal("x", purpose="y"), purpose="y") == "x"
    assert sorted(folder.iterdir()) == [first, second]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (first, second)} == {0o600}


def test_keys_may_stand_in_the_environment_the_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv(KEYS_VARIABLE, f" {NEW} ,{OLD},")
    sealed = SecretBox.from_environment().seal(SECRET, purpose=PURPOSE)
    assert SecretBox.of([NEW]).open(sealed, purpose=PURPOSE) == SECRET


def test_without_a_usable_key_nothing_is_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.delenv(KEYS_VARIABLE, raising=False)
    with pytest.raises(SecretBoxError, match="no key"):
        SecretBox.from_environment()
    with pytest.raises(SecretBoxError, match="no key"):
        SecretBox.from_folder(tmp_path)
    with pytest.raises(SecretBoxError, match="not 32 bytes"):
        SecretBox.of(["short"])
    (tmp_path / "a.key").write_bytes(b"\xff")
    with pytest.raises(SecretBoxError, match="cannot be read"):
        SecretBox.from_folder(tmp_path)


def test_a_key_is_shown_nowhere() -> None:
    assert OLD not in repr(SecretBox.of([OLD]))


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-23T22:59:59+00:00", 23), ("2026-11-23T23:00:00+00:00", 24), ("2026-06-23T22:00:00+00:00", 24)],
)
def test_a_day_begins_at_midnight_in_sweden(moment: str, day: int) -> None:
    assert swedish_day(datetime.fromisoformat(moment)).day == day
    with pytest.raises(ValueError, match="no time zone"):
        swedish_day(datetime.fromisoformat(moment).replace(tzinfo=None))
