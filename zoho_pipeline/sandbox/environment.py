"""The variables of the practice world, and what of the surrounding ones is kept out of it."""

import shlex
from collections.abc import Iterable, Mapping, MutableMapping

FOREIGN = ("ALERT_", "ZOHO_", "CIRCLETEL_", "DAGSTER_", "PG")
"""Variables that begin so point at real things, and never reach a process of the practice world."""

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """What a process of the practice world may keep of the surrounding variables.

    The proxies go too: everything it talks to is on this machine.
    """
    return {name: value for name, value in environ.items() if not _is_foreign(name) and name.lower() not in _PROXIES}


def isolate(environ: MutableMapping[str, str]) -> None:
    """Take out of these variables (this process's own) what has no place in the practice world."""
    for name in set(environ) - set(inherited(environ)):
        del environ[name]


def shell_lines(variables: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Lines for `eval`: the world's variables exported, other ones that point at real things unset."""
    lines = [f"unset {name}" for name in sorted(_others(variables, environ))]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    return "\n".join(lines)


def _others(variables: Mapping[str, str], environ: Iterable[str]) -> set[str]:
    return {name for name in environ if _is_foreign(name) and name not in variables and name.isidentifier()}


def _is_foreign(name: str) -> bool:
    return name.startswith(FOREIGN)
