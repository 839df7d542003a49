"""`zoho-pipeline verify-env`: is everything set, right, and in reach?"""

import typer


def verify_env() -> None:
    """Show which environment variables are set, missing or wrong, and whether the database and Zoho can be reached.

    Shows no secret and changes nothing; costs one token and one API call. Ends with status 1 if anything is amiss.
    """
    from rich.console import Console

    from zoho_pipeline.commands.verify_env_report import connections_table, variables_table
    from zoho_pipeline.health.connections import connections
    from zoho_pipeline.health.variables import BAD, variables
    from zoho_pipeline.settings import environment

    console, environ = Console(), environment()
    found = variables(environ)
    console.print(variables_table(found))
    reached = list(connections(environ))
    console.print(connections_table(reached))
    if any(variable.standing in BAD for variable in found) or not all(each.well for each in reached):
        raise typer.Exit(1)
