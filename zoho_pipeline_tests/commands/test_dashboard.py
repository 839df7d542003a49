"""`zoho-pipeline dashboard` refuses to serve passwords in the open."""

import pytest
from typer.testing import CliRunner

from zoho_pipeline.cli import app
from zoho_pipeline.dashboard.site import NoSite


def test_other_machines_are_served_behind_https_alone() -> None:
    answer = CliRunner().invoke(app, ["dashboard", "--host", "0.0.0.0"])
    with pytest.raises(NoSite, match="put a proxy that speaks https before the pages"):
        raise answer.exception or AssertionError(answer.output)
