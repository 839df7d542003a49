"""A ticked checklist as markdown: the same in the UI, in the terminal and as a file. Pure."""

from zoho_pipeline.reviews.checklist import Checklist, Mark
from zoho_pipeline.reviews.paper import Table, bullets, safe, section


def checklist_markdown(of: Checklist) -> str:
    """The list, what was found, and one list of what a person must do."""
    parts = [f"# {safe(of.title)}\n\n{safe(of.about)}"]
    if of.note:
        parts.append(f"**{safe(of.note)}**")
    parts.append(section("What a person must do", bullets(of.todo)))
    parts.append(section("Checklist", "\n".join(_line(of, number) for number in range(len(of.lines)))))
    return "\n\n".join(parts) + "\n"


def checklist_table(of: Checklist) -> Table:
    """The lines as a table."""
    rows = [(line.text, ticked.mark.value, ticked.found, line.row) for line, ticked in of.lines]
    return Table("Checklist", ("line", "state", "found", "runbook"), rows)


def told(of: Checklist) -> str:
    """The list in a sentence."""
    counts = {mark: of.count(mark) for mark in Mark}
    said = ", ".join(f"{count} {mark.value}" for mark, count in counts.items() if count)
    return f"{len(of.lines)} lines: {said}."


def file_name(of: Checklist) -> str:
    """`daily-2025-11-14.md`."""
    return f"{of.name}.md"


def _line(of: Checklist, number: int) -> str:
    line, ticked = of.lines[number]
    return f"- {ticked.mark.box} {safe(line.text)} ({line.row}): **{ticked.mark}**. {safe(ticked.found)}"
