"""`python -m benchmarks.libreoffice WORKBOOK ...`: LibreOffice opens each workbook, and works out every formula anew.

Each is opened twice, as it was stored and recalculated: no cell may hold an error, and both must show the same.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from benchmarks.report import Line, show

ALL_SHEETS_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
ALWAYS, NEVER = 0, 1
_ERROR = re.compile(r"Err:\d|#VALUE!|#NAME\?|#REF!|#DIV/0!|#N/A|#NUM!")
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>{mode}</value></prop></item>
</oor:items>
"""


def main() -> int:
    """Open them all; 1 if one holds an error or shows other values than were stored, 2 without LibreOffice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbook", type=Path, nargs="+")
    if shutil.which("soffice") is None:
        parser.error("there is no LibreOffice here: install it, e.g. Debian's libreoffice-calc-nogui")
    return max(show(f"{path.name} in LibreOffice", list(_lines(path))) for path in parser.parse_args().workbook)


def _lines(workbook: Path) -> Iterator[Line]:
    stored, anew = sheets(workbook, NEVER), sheets(workbook, ALWAYS)
    with ZipFile(workbook) as parts:
        formulas = sum(parts.read(name).count(b"<f>") for name in parts.namelist() if "/worksheets/" in name)
    yield Line("sheets", len(anew))
    yield Line("formulas", formulas)
    yield Line("cells with an error", sum(len(_ERROR.findall(text)) for text in anew.values()), "", 0)
    yield Line("sheets with other values than stored", sum(anew[name] != stored.get(name) for name in anew), "", 0)


def sheets(workbook: Path, recalculate: int) -> dict[str, str]:
    """Every sheet as LibreOffice shows it, by name."""
    with tempfile.TemporaryDirectory(prefix="zoho-office-") as home:
        user = Path(home, "profile", "user")
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS.format(mode=recalculate))
        command = ["soffice", f"-env:UserInstallation={(Path(home) / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", ALL_SHEETS_AS_SHOWN, "--outdir", home, str(workbook)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return {path.stem.removeprefix(f"{workbook.stem}-"): path.read_text() for path in Path(home).glob("*.csv")}


if __name__ == "__main__":
    sys.exit(main())
