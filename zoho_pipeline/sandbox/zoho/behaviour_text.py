"""Settings as text: read from a command line, and printed as a table."""

from __future__ import annotations

import dataclasses

from zoho_pipeline.sandbox.zoho.behaviour import CUSTOM_FIELDS, DEFAULTS, UNDOCUMENTED_FIELDS, Behaviour


def from_text(name: str, text: str) -> object:
    """A command line's text in the setting's type: true/false, numbers, comma-separated lists."""
    default = DEFAULTS.get(name)
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if isinstance(default, int | float):
            return type(default)(text)
    except (KeyError, ValueError):
        raise ValueError(f"setting {name!r} takes a {type(default).__name__}, not {text!r}") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def table() -> str:
    """All settings as a Markdown table: name, default, source, meaning."""
    lines = ["| setting | default | source | meaning |", "|---|---|---|---|"]
    for item in dataclasses.fields(Behaviour):
        default = "(see below)" if item.name in ("custom_fields", "undocumented_fields") else _shown(item.name)
        lines.append(f"| `{item.name}` | {default} | {item.metadata['source']} | {item.metadata['meaning']} |")
    lines += [
        "",
        "`custom_fields`: " + "; ".join(f"{k}: {', '.join(v) or 'none'}" for k, v in CUSTOM_FIELDS.items()),
    ]
    lines += ["", "`undocumented_fields`: " + ", ".join(UNDOCUMENTED_FIELDS)]
    return "\n".join(lines)


def _shown(name: str) -> str:
    default = DEFAULTS[name]
    return ", ".join(default) or "none" if isinstance(default, tuple) else str(default)
