"""The words and signs of expressions, and what to write in place of those that mean nothing."""

from __future__ import annotations

import re
from typing import NamedTuple


class Token(NamedTuple):
    """A word or sign, and where it begins. `kind`: number, text, name, sign or end."""

    kind: str
    text: str
    offset: int


TOKEN = re.compile(
    r"[ \t\r\n]*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<text>'(?:[^'\\]|\\['\\])*')"
    r"|(?P<name>(?!(?:and|or|not|in)(?![\w.]))[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>and|or|in|not(?:\s+in(?![\w.]))?|==|!=|<=|>=|[-+*/<>(),|])"
    r"|(?P<end>\}\}|\Z)|(?P<foreign>.))",
    re.ASCII | re.DOTALL,
)
"""A token with the white space before it, in the group of its kind; whatever means nothing is `foreign`."""
DASHED = re.compile(r"\w+(?:\.\w+)*(?:-\w+)+", re.ASCII)
"""A name as if dashes could stand in it."""
ADVICE = {
    "=": "; write `==` to compare", "!": "; write `not`", "&": "; write `and`",
    '"': "; write text in single quotes", "%": "; write a share as 0.2 and show it with `| percent`",
    "'": "; a text ends with a quote, and `\\'` and `\\\\` stand for a quote and a backslash in it",
    "=>": "; write `>=`", "=<": "; write `<=`", "}": "; an insert is closed by `}}`",
}  # fmt: skip
