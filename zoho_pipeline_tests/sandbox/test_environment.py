"""What of the surrounding variables gets into the practice world, and how a shell enters it."""

import subprocess

from zoho_pipeline.sandbox.environment import inherited, isolate, shell_lines

REAL = {
    "ZOHO_REFRESH_TOKEN": "real",
    "CIRCLETEL_DATABASE_URL": "postgresql://real/circletel",
    "DAGSTER_HOME": "/real",
    "PGHOST": "real",
    "HTTPS_PROXY": "http://proxy:3128",
}
HARMLESS = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "NO_PROXY": "internal"}


def test_nothing_that_points_at_real_things_is_inherited() -> None:
    assert inherited(REAL | HARMLESS) == HARMLESS


def test_a_process_can_close_itself_against_them() -> None:
    environ = REAL | HARMLESS
    isolate(environ)
    assert environ == HARMLESS


def test_a_shell_gets_the_worlds_variables_and_loses_the_others() -> None:
    lines = shell_lines({"ZOHO_API_URL": "http://127.0.0.1:1/it's $HOME", "ZOHO_WRITES": "on"}, REAL | HARMLESS)

    script = f'{lines}\necho "$ZOHO_API_URL|$ZOHO_WRITES|$ZOHO_REFRESH_TOKEN|$PGHOST|$NO_PROXY"'
    shell = subprocess.run(["sh", "-c", script], env=REAL | HARMLESS, capture_output=True, text=True, check=True)
    assert shell.stdout == "http://127.0.0.1:1/it's $HOME|on|||internal\n"
