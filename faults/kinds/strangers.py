"""Objects in Zoho that have nothing to do with any row: people make them, and delete them again."""

from datetime import date

from faults.scene import Scene

LATER = date(2026, 1, 20)
"""A subscription that begins then has raised no invoice, and may be deleted."""


def stranger(scene: Scene, place: int) -> str:
    """An object of the run's entity that nobody knows."""
    zoho = scene.zoho
    if scene.entity == "customers":
        return zoho.customer(display_name=f"Stranger {place}", email=f"stranger{place}@example.co.za")
    if "their customer" not in scene.kept:
        scene.kept["their customer"] = zoho.customer(display_name="Stranger", email="stranger@example.co.za")
    whose = str(scene.kept["their customer"])
    match scene.entity:
        case "subscriptions":
            return zoho.subscription(whose, LATER)
        case "invoices":
            return zoho.invoice(whose, None, f"{1150 + 115 * place}.00", draft=True)
    return zoho.payment(whose, f"{7000 + place}.77")
