"""The `json` that a handler imports: the real one, whose `dumps` keeps its encoder instead of making one a call.

The standard library builds a C encoder in every call of `dumps`; kept, it gives the same bytes in two thirds of the
time. Where the interpreter has no such encoder, or an argument is given, the library's own function does it.
"""

from __future__ import annotations

import json
from json import encoder
from types import ModuleType
from typing import Any


def _make() -> ModuleType:
    module = ModuleType("json", json.__doc__)
    vars(module).update({name: value for name, value in vars(json).items() if not name.startswith("__")})
    make: Any = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return module
    default = json.JSONEncoder().default
    text = encoder.encode_basestring_ascii
    # It keeps no books of what is being written: runs in two threads share it. A circle ends as too deep.
    encode = make(None, default, text, None, ": ", ", ", False, False, True)
    join = "".join

    def dumps(obj: Any, **options: Any) -> str:
        """Write a value as JSON. Raises what the library raises."""
        if options or obj.__class__ is not dict:
            return json.dumps(obj, **options)
        try:
            return join(encode(obj, 0))
        except RecursionError:
            return json.dumps(obj)  # which says what a circle is

    vars(module)["dumps"] = dumps
    return module


quick_json = _make()
