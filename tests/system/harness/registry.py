# SPDX-License-Identifier: Apache-2.0
"""Cases register themselves here by a decorator; what several cases share is made once and closed at the end."""

from dataclasses import dataclass
from typing import Callable

CASES = []
_SHARED = {}


class Skip(Exception):
    """Raised by a case that can't run here; says why."""


@dataclass(frozen=True)
class Case:
    name: str  # `protocol.empty_requests_succeed`
    function: Callable

    def run(self, folder, options):
        self.function(folder, options)


def case(function):
    """Registers `function(folder, options)`: its own output folder and the command line's options."""
    CASES.append(Case(f"{function.__module__.removeprefix('cases.')}.{function.__name__}", function))
    return function


def cases_of(names, function):
    """Registers one case for each of `names`: `function(name, folder, options)`."""
    module = function.__module__.removeprefix("cases.")
    for name in names:
        def run(folder, options, name=name):
            function(name, folder, options)
        CASES.append(Case(f"{module}.{function.__name__}.{name}", run))


def shared(name, make):
    """What `make()` returned the first time it was asked for under this name. A failure is remembered too."""
    if name not in _SHARED:
        try:
            _SHARED[name] = (make(), None)
        except Exception as error:
            _SHARED[name] = (None, error)
    value, error = _SHARED[name]
    if error is not None:
        raise error
    return value


def close_shared():
    for value, _ in reversed(list(_SHARED.values())):
        if hasattr(value, "close"):
            value.close()
    _SHARED.clear()
