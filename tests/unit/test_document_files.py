"""The YAML reader and its files: missing, unreadable, too large, not UTF-8, not files at all."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from simulator.document import Document, DocumentError, read


class Titled(msgspec.Struct, forbid_unknown_fields=True):
    title: str


def test_a_file_is_called_by_its_path_or_by_the_name_given(tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_bytes("\ufefftitle: é\r\n".encode())
    document: Document[Titled] = read(path, Titled)
    assert (document.value.title, document.name) == ("é", str(path))
    assert read(path, Titled, name="given.yml").where(("title",)) == "given.yml:1:8"


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        read(path, Titled, name="f.yml")
    return str(caught.value)


def test_a_missing_file_is_named_with_the_one_that_was_probably_meant(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").touch()
    assert refusal(tmp_path / "plan.yml") == "f.yml:1:1: there is no such file; did you mean `plan.yaml`?"
    assert refusal(tmp_path / "none" / "x.yml") == "f.yml:1:1: there is no such file"


def test_what_is_not_a_file_is_not_opened(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "f.yml:1:1: this is a directory, not a file"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert refusal(tmp_path / "pipe") == "f.yml:1:1: this is not a regular file"


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "plan.yml").touch()
    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(tmp_path / "plan.yml") == "f.yml:1:1: the file cannot be read: permission denied"


def test_a_path_no_system_takes_is_an_error_with_words(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a\0b").startswith("f.yml:1:1: ")
    assert refusal(tmp_path / ("a" * 5000)).startswith("f.yml:1:1: ")


def test_bytes_that_are_not_utf8_are_placed(tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_bytes("a: é\r\nb: 1\r\ntitle: é".encode() + b"\xe9 x\n")
    assert refusal(path) == "f.yml:3:9: byte 23 (0xe9) is not UTF-8; save the file as UTF-8"
    path.write_bytes("title: x".encode("utf-16"))
    assert refusal(path) == "f.yml:1:1: the file is UTF-16; save it as UTF-8"


def test_a_file_of_more_than_a_megabyte_is_refused_and_one_of_a_megabyte_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.yml"
    path.write_bytes(b"title: x #".ljust(1_000_000, b"x"))
    assert read(path, Titled).value.title == "x"
    path.write_bytes(b"title: x #".ljust(1_000_001, b"x"))
    assert refusal(path) == "f.yml:1:1: the file is larger than 1 MB; split it"
