"""`settings.yaml`: any text is read or refused in one line; a change leaves every other line as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.document import DocumentError
from simulator.errors import NotKeptError
from tui.settings_file import NAME, NOTHING, changed, read_choices, write_choice

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {
    "theme": ("night", "day", "contrast", "okabe-ito"),
    "speed": ("1", "10", "60", "end"),
    "glyphs": ("auto", "braille", "blocks", "ascii"),
    "motion": ("full", "reduced"),
}
SETTING = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name]))
)
LINE = st.one_of(
    st.just(""),
    st.sampled_from(["# a comment", "  # indented: theme: day", "#", "   "]),
    st.sampled_from(
        ["keys:\n  lesson.run: w", "keys: {lesson.run: [w, f5]} # mine", "keys:\n\n  # none\n  a.b: x"]
    ),
    SETTING.flatmap(
        lambda pair: st.sampled_from(
            [
                f"{pair[0]}: {pair[1]}",
                f"{pair[0]}:   '{pair[1]}'  # why",
                f'{pair[0]}: "{pair[1]}"',
                f"{pair[0]}:\n  {pair[1]}",
            ]
        )
    ),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Files as people write them: each key at most once."""
    lines, seen = [], set()
    for line in draw(st.lists(LINE, max_size=8)):
        key = line.partition(":")[0]
        if key.isalpha() and key in seen:
            continue
        seen.add(key)
        lines.append(line)
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n"]))
    return draw(st.sampled_from(["", "\ufeff"])) + text.replace("\n", end)


def lines_of(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


@given(
    text=st.one_of(
        st.text(max_size=200), texts(), st.text("theme: {}[]&*!|>'\"#%\n\r\t-nightday,", max_size=60)
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_or_refused_in_lines_that_name_the_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    data = text.encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    try:
        choices, _ = read_choices(path)
    except DocumentError:
        with pytest.raises(DocumentError) as said:
            write_choice(path, "theme", "day")
        assert all(line.startswith((f"{NAME}:", "and ")) for line in str(said.value).splitlines())
        assert path.read_bytes() == data
    else:
        try:
            write_choice(path, "theme", "day")
        except NotKeptError:
            assert path.read_bytes() == data
        else:
            assert read_choices(path)[0].theme == "day"
            assert read_choices(path)[0].keys == choices.keys
    assert list(tmp_path.iterdir()) == [path]


@given(text=texts(), change=SETTING)
@settings(max_examples=300, deadline=None)
def test_a_change_is_read_back_and_every_other_line_stays(text: str, change: tuple[str, str]) -> None:
    setting, value = change
    after = changed(text, setting, value)
    before_lines, after_lines = lines_of(text), lines_of(after)
    if any(line.startswith(f"{setting}:") for line in before_lines) or text.startswith(f"\ufeff{setting}:"):
        assert len(after_lines) == len(before_lines)
        assert sum(a != b for a, b in zip(after_lines, before_lines, strict=True)) <= 1
        for a, b in zip(after_lines, before_lines, strict=True):
            assert a.partition(" #")[2] == b.partition(" #")[2]
    else:
        assert after.startswith(text)
        assert after[len(text) :].strip("\r\n") == f"{setting}: {value}"
    assert changed(after, setting, value) == after


def test_without_a_file_nothing_is_chosen_and_the_first_change_makes_one(tmp_path: Path) -> None:
    path = tmp_path / NAME
    assert read_choices(path) == (NOTHING, None)
    write_choice(path, "theme", "contrast")
    assert read_choices(path)[0].theme == "contrast"
    assert path.read_text(encoding="utf-8").startswith("# ridelab's settings")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\n \n", "\ufeff# x"])
def test_a_file_of_comments_is_no_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    assert read_choices(path)[0] == NOTHING
    write_choice(path, "speed", "60")
    assert path.read_text(encoding="utf-8").startswith(text)
    assert read_choices(path)[0].speed == "60"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme: nigth\n", "settings.yaml:1:8: "),
        ("thme: night\n", "did you mean `theme`?"),
        ("motion: [full]\n", "settings.yaml:1:9: "),
        ("keys:\n  lesson.run: {a: b}\n", "settings.yaml:2:15: "),
        ("theme: night\ntheme: day\n", "settings.yaml:2:1: "),
        ("- theme\n", "settings.yaml:1:1: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        read_choices(path)
    assert said in str(error.value)


def test_a_key_named_y_or_n_stays_a_key(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("keys:\n  load.turn: y\n  lesson.run: [n, 1]\n", encoding="utf-8")
    assert read_choices(path)[0].keys == {"load.turn": "y", "lesson.run": ["n", "1"]}


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.yaml", tmp_path / NAME
    real.write_text("theme: day # mine\n", encoding="utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    write_choice(link, "theme", "night")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "theme: night # mine\n"
    assert real.stat().st_mode & 0o777 == 0o600


def test_where_nothing_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotKeptError, match=r"cannot be written \(") as error:
        write_choice(tmp_path / "file" / NAME, "theme", "day")
    assert "\n" not in str(error.value)


def test_a_mapping_in_braces_is_changed_in_its_place() -> None:
    assert changed("{theme: night, speed: 10}\n", "theme", "day") == "{theme: day, speed: 10}\n"
    with pytest.raises(NotKeptError, match="by hand"):
        changed("{theme: night}\n", "speed", "60")
