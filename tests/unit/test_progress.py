"""Saved progress: what was acknowledged is kept, whatever happens to the process, the folder or the file."""

from __future__ import annotations

import errno
import random
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from unittest.mock import Mock

import platformdirs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons import locking, store_file, store_schema
from lessons.progress import Event, Progress, RunHeader, default_folder
from simulator.errors import NotKeptError

FIXTURE = Path(__file__).parent / "fixtures" / "progress-v1"
OWNED = "another ridelab window owns this folder: read-only here"
DAMAGED = "progress.db was damaged: set aside as progress.db.damaged-1, starting anew"
NEWER = (
    "progress.db was written by a newer ridelab (format 2, this one reads up to 1): "
    "it is left as it is, and this session is not saved"
)


def opened(folder: Path) -> Progress:
    return Progress.open(folder, draw_seed=lambda: 7)


def play(progress: Progress) -> None:
    """Do a little of everything."""
    progress.set_preference("speed", "10")
    progress.append("03-load", "plan", b"start")
    progress.set_place("03-load", "plan")
    progress.append("04-alert", "mail", b"before the reset")
    progress.reset("04-alert")
    progress.append("04-alert", "mail", b"f\xc3\xbcnf")
    progress.set_place("04-alert", "mail")
    progress.mark_done("03-load", "plan")
    progress.mark_done("03-load", "triage")
    progress.mark_done("03-load", "triage", done=False)
    progress.set_draft("ride", "async def handler(event, context):\n    ...  # grün\n")
    progress.keep_run(None, "03-load", b'{"seed": 7}', b'{"p95": 1.403}', bytes(range(256)) * 8)


def everything(progress: Progress) -> dict[str, object]:
    return {
        "seed, speed, draft": (progress.seed, progress.preference("speed"), progress.draft("ride")),
        "events": [(e.number, e.lesson, e.step, e.attempt, e.body) for e in progress.events()],
        "places": (progress.place("03-load"), progress.place("04-alert"), progress.last_lesson),
        "done": (progress.steps_done("03-load"), progress.steps_done("04-alert")),
        "runs": [(run, progress.run_columns(run.id)) for run in progress.runs()],
    }


PLAYED = {
    "seed, speed, draft": (7, "10", "async def handler(event, context):\n    ...  # grün\n"),
    "events": [(1, "03-load", "plan", 1, b"start"), (3, "04-alert", "mail", 2, b"f\xc3\xbcnf")],
    "places": ("plan", "mail", "04-alert"),
    "done": (frozenset({"plan"}), frozenset()),
    "runs": [(RunHeader(1, "03-load", b'{"seed": 7}', b'{"p95": 1.403}'), bytes(range(256)) * 8)],
}


def stored(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "progress.db")) as connection:
        return connection.execute(query).fetchall()


def build_fixture() -> None:
    """Write progress.db as this version writes it: run this file as a program to do so."""
    (FIXTURE / "progress.db").unlink(missing_ok=True)
    with opened(FIXTURE) as progress:
        play(progress)
    (FIXTURE / "progress.lock").unlink()


@pytest.fixture
def played(tmp_path: Path) -> Path:
    with opened(tmp_path) as progress:
        play(progress)
    return tmp_path


def test_a_file_of_the_first_version_opens_and_holds_everything(tmp_path: Path) -> None:
    shutil.copyfile(FIXTURE / "progress.db", tmp_path / "progress.db")
    with opened(tmp_path) as progress:
        assert (progress.mode, progress.notices) == ("saved", ())
        assert everything(progress) == PLAYED
        assert progress.append("03-load", "plan", b"more") == 4
    assert stored(tmp_path, "SELECT number FROM events ORDER BY 1") == [(1,), (2,), (3,), (4,)]


def test_courses_in_a_folder_share_its_seed_and_preferences_and_nothing_else(played: Path) -> None:
    with Progress.open(played, course="my-lessons") as other:
        assert (other.seed, other.preference("speed")) == (7, "10")
        assert (other.events(), other.runs(), other.last_lesson, other.draft("ride")) == ([], [], None, None)
        assert other.append("03-load", "plan", b"") == 4
    with Progress.open(played / "another") as other:
        assert other.seed in range(1, 1001)


def test_a_reset_hides_a_lesson_and_deletes_nothing(played: Path) -> None:
    with opened(played) as progress:
        progress.reset("03-load")
        assert (progress.events("03-load"), progress.runs(), progress.last_lesson) == ([], [], "04-alert")
        assert (progress.place("03-load"), progress.steps_done("03-load")) == (None, frozenset())
        assert progress.keep_run(None, "03-load", b"", b"", b"") == 2
        assert progress.draft("ride") is not None
        progress.reset(None)
        assert (progress.events(), progress.runs(), progress.last_lesson) == ([], [], None)
        assert progress.draft("ride") is None
        progress.append("03-load", "plan", b"again")
    with opened(played) as progress:
        assert progress.events() == [Event(4, "03-load", "plan", 3, b"again")]
    assert stored(played, "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM runs)") == [(4, 2)]


def test_a_run_is_kept_once_and_never_replaced(tmp_path: Path) -> None:
    with opened(tmp_path) as progress:
        assert progress.keep_run(3, "03-load", b"settings", b"summary", b"columns") == 3
        assert progress.keep_run(3, "03-load", b"settings", b"other", b"other") == 3
        assert progress.run_columns(3) == b"columns"
        assert progress.keep_run(None, "03-load", b"", b"", b"") == 4
        with pytest.raises(NotKeptError, match="run 3 is kept already and is another one"):
            progress.keep_run(3, "03-load", b"other settings", b"", b"")
        with pytest.raises(NotKeptError, match="run 9 is not kept here"):
            progress.run_columns(9)
    with pytest.raises(NotKeptError, match="this progress is closed"):
        progress.append("03-load", "plan", b"")


LESSON, STEP = st.sampled_from(["03-load", "04-alert"]), st.sampled_from(["a", "b", "c"])
CALLS = {
    "append": st.tuples(LESSON, STEP, st.binary(max_size=3)),
    "set_place": st.tuples(LESSON, STEP),
    "mark_done": st.tuples(LESSON, STEP),
    "set_draft": st.tuples(st.just("ride"), st.text(st.characters(exclude_categories=()), max_size=3)),
    "keep_run": st.tuples(st.none(), LESSON, st.just(b""), st.just(b""), st.binary(max_size=3)),
    "reset": st.tuples(LESSON | st.none()),
    "reopen": st.just(()),
}
TAKES = st.lists(st.sampled_from(sorted(CALLS)).flatmap(lambda name: st.tuples(st.just(name), CALLS[name])))


@settings(max_examples=40, deadline=None)
@given(TAKES)
def test_what_is_saved_is_what_was_in_memory(takes: list[tuple[str, tuple[object, ...]]]) -> None:
    expected = Progress.in_memory(seed=7)
    with TemporaryDirectory() as folder:
        progress = opened(Path(folder) / "down #1?%20")
        for name, values in [*takes, ("reopen", ())]:
            if name == "reopen":
                progress.close()
                progress = opened(Path(folder) / "down #1?%20")
            else:
                assert getattr(progress, name)(*values) == getattr(expected, name)(*values)
        assert everything(progress) == everything(expected)
        progress.close()


def test_a_folder_that_is_a_file_is_said_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with opened(tmp_path / "data") as progress:
        notice = f"cannot write to {tmp_path / 'data'} (it is a file): this session is not saved"
        assert (progress.mode, progress.notices) == ("memory", (notice,))
        play(progress)
        assert everything(progress) == PLAYED


def test_where_nothing_can_be_written_all_is_shown(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed = played.with_name("killed")
    with opened(played) as progress:
        progress.append("03-load", "plan", b"in the log")
        shutil.copytree(played, killed)  # while it is open, with its log, as a killed process leaves it
    refusal = OSError(errno.EROFS, "Read-only file system")
    monkeypatch.setattr(locking.FolderLock, "take", Mock(side_effect=refusal))
    for folder in (played, killed):
        with opened(folder) as progress:
            notice = f"cannot write to {folder} (Read-only file system): this session is not saved"
            assert (progress.mode, progress.notices) == ("read-only", (notice,))
            assert progress.events()[-1].body == b"in the log"
            progress.append("03-load", "plan", b"not saved")
    connect = store_file.connect  # a log cannot be read where SQLite cannot make its shared memory

    def without_shared_memory(path: Path, mode: Literal["ro", "rw"]) -> sqlite3.Connection:
        return connect(path.parent / "nowhere" if path.parent == killed else path, mode)

    monkeypatch.setattr(store_file, "connect", without_shared_memory)
    with opened(killed) as progress:
        assert (progress.mode, progress.events()[-1].body) == ("read-only", b"in the log")


def test_a_second_window_reads_and_does_not_write(played: Path) -> None:
    with opened(played) as first:
        with opened(played) as second:
            assert (second.mode, second.notices) == ("read-only", (OWNED,))
            assert everything(second) == PLAYED
            assert second.append("03-load", "plan", b"second") == 4
        assert first.append("03-load", "plan", b"first") == 4
    with opened(played) as progress:
        assert (progress.mode, progress.events()[-1].body) == ("saved", b"first")


def test_looking_owns_and_makes_nothing(played: Path) -> None:
    with Progress.read(played / "none") as looking:
        assert (looking.mode, looking.notices, looking.events()) == ("memory", (), [])
    assert not (played / "none").exists()
    with Progress.read(played) as looking, opened(played) as progress:
        assert (looking.mode, looking.notices, progress.mode) == ("read-only", (), "saved")
        assert everything(looking) == PLAYED
    Progress.read(played).close()
    assert {path.name for path in played.iterdir()} == {"progress.db", "progress.lock"}


def test_a_folder_without_locks_is_used_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_lock", Mock(side_effect=OSError(errno.ENOLCK, "No locks available")))
    with opened(tmp_path) as progress:
        notice = f"{tmp_path} cannot be locked: use it in one ridelab window at a time"
        assert (progress.mode, progress.notices) == ("saved", (notice,))


WHOLE = (FIXTURE / "progress.db").read_bytes() if FIXTURE.exists() else b""
FOREIGN = WHOLE[:68] + b"cook" + WHOLE[72:]  # a whole database, but of an application of another id
NO_PROGRESS = [{"": b"\0" * 999, "-wal": b"its log"}, {"-wal": b"its file is gone"}, {"": FOREIGN}]


@pytest.mark.parametrize("parts", NO_PROGRESS)
def test_what_is_no_progress_file_is_set_aside(tmp_path: Path, parts: dict[str, bytes]) -> None:
    for number in (1, 2):
        for part, data in parts.items():
            (tmp_path / f"progress.db{part}").write_bytes(data)
        with opened(tmp_path) as progress:
            assert progress.notices == (DAMAGED.replace("damaged-1", f"damaged-{number}"),)
            play(progress)
            assert everything(progress) == PLAYED
        for part, data in parts.items():
            assert (tmp_path / f"progress.db.damaged-{number}{part}").read_bytes() == data
        (tmp_path / "progress.db").unlink()


def test_damage_anywhere_neither_raises_nor_deletes_nor_changes_an_event(played: Path) -> None:
    luck, outcomes = random.Random(20180330), set()
    for turn in range(150):
        damaged = bytearray((played / "progress.db").read_bytes())
        for _ in range(luck.choice((1, 1, 8, 200))):
            damaged[luck.randrange(len(damaged))] ^= 1 << luck.randrange(8)
        if turn % 10 == 0:
            del damaged[luck.randrange(1, len(damaged)) :]
        folder = played / str(turn)
        folder.mkdir()
        (folder / "progress.db").write_bytes(damaged)
        with opened(folder) as progress:
            outcomes.add((progress.mode, progress.notices))
            assert progress.notices or [e.body for e in progress.events()] == [b"start", b"f\xc3\xbcnf"], turn
            progress.append("03-load", "plan", b"on we go")
        if progress.notices:
            name = "progress.db.damaged-1" if progress.notices == (DAMAGED,) else "progress.db"
            assert (folder / name).read_bytes() == damaged, turn
    assert {("saved", ()), ("saved", (DAMAGED,))} <= outcomes


def test_a_file_of_a_newer_ridelab_is_refused_and_never_changed(played: Path) -> None:
    stored(played, "PRAGMA user_version = 2")
    before = (played / "progress.db").read_bytes()
    for take in (opened, Progress.read):
        with take(played) as progress:
            assert (progress.mode, progress.notices, progress.events()) == ("memory", (NEWER,), [])
            progress.append("03-load", "plan", b"")
    assert (played / "progress.db").read_bytes() == before


def test_an_older_file_is_migrated(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = "CREATE TABLE marks (id INTEGER PRIMARY KEY)"
    monkeypatch.setattr(store_schema, "MIGRATIONS", (*store_schema.MIGRATIONS, (marks, marks)))
    with opened(played) as progress:  # a fault of ours, not of the file: nothing of the half change stays
        assert "its format cannot be brought up to date: table marks already exists" in progress.notices[0]
    assert stored(played, "PRAGMA user_version") == [(1,)]
    monkeypatch.setattr(store_schema, "MIGRATIONS", (*store_schema.MIGRATIONS[:1], (marks,)))
    with Progress.read(played) as looking, opened(played) as progress:
        assert (progress.mode, progress.notices, looking.notices) == ("saved", (), ())
        assert everything(progress) == everything(looking) == PLAYED
    assert stored(played, "PRAGMA user_version") == [(2,)]


def test_a_full_disk_is_said_once_and_all_is_saved_when_there_is_room(tmp_path: Path) -> None:
    heard: list[str] = []
    with opened(tmp_path) as progress:
        progress.on_notice = heard.append
        assert progress._connection is not None
        progress._connection.execute("PRAGMA max_page_count = 1")
        play(progress)
        progress.keep_run(None, "03-load", b"", b"", random.Random(1).randbytes(90_000))
        full = f"cannot write to {tmp_path} (database or disk is full): what you do now is not saved yet"
        assert (progress.mode, progress.notices, heard) == ("memory", (full,), [full])
        assert len(progress.run_columns(2)) == 90_000
        progress._connection.execute("PRAGMA max_page_count = 100000")
        progress.append("03-load", "plan", b"room")
        assert (progress.mode, heard[1:]) == (
            "saved",
            [f"{tmp_path} can be written again: everything is saved"],
        )
        expected = everything(progress)
    with opened(tmp_path) as progress:
        assert everything(progress) == expected


def test_what_waits_for_a_lock_is_saved_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_file, "PATIENCE_S", 0.0)
    progress = opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / "progress.db", isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        play(progress)
    notice = f"cannot write to {tmp_path} (database is locked): what you do now is not saved yet"
    assert (progress.mode, progress.notices) == ("memory", (notice,))
    progress.close()
    with opened(tmp_path) as progress:
        assert everything(progress) == PLAYED


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file can be neither removed nor replaced")
@pytest.mark.parametrize("fate", ["removed", "replaced"])
def test_a_file_taken_away_while_it_is_open_is_noticed(played: Path, fate: str) -> None:
    with opened(played) as progress:
        shutil.rmtree(played)
        if fate == "replaced":
            played.mkdir()
            (played / "progress.db").write_bytes(b"other")
        assert progress.append("03-load", "plan", b"after") == 4
        notice = f"progress.db was {fate}: what you do from here on is not saved"
        assert (progress.mode, progress.notices) == ("memory", (notice,))
        assert everything(progress)["runs"] == PLAYED["runs"]


@pytest.mark.skipif(sys.platform == "win32", reason="unix-dotfile stands for a network folder")
def test_a_folder_without_wal_gets_a_journal(played: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(path: Path, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{path}?mode={mode}&vfs=unix-dotfile", uri=True, isolation_level=None)

    assert stored(played, "PRAGMA journal_mode") == [("wal",)]
    monkeypatch.setattr(store_file, "connect", connect)
    for folder in (played, played / "new"):
        with opened(folder) as progress:
            assert (progress.mode, progress.notices) == ("saved", ())
            progress.append("03-load", "plan", b"written")
        assert stored(folder, "PRAGMA journal_mode") == [("delete",)]
        assert stored(folder, "SELECT max(body) FROM events") == [(b"written",)]


def test_the_data_folder_is_the_platforms_or_the_one_in_the_environment() -> None:
    platforms = platformdirs.user_data_path("ridelab", appauthor=False)
    assert default_folder({}) == default_folder({"RIDELAB_DATA": ""}) == platforms
    assert default_folder({"RIDELAB_DATA": "~/lab"}) == Path.home() / "lab"


if __name__ == "__main__":
    build_fixture()
