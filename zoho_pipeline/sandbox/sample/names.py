"""Invented people, firms, streets and numbers: obviously fictional, and reachable by nobody.

Mail domains are reserved for examples (RFC 2606), telephone numbers start with 000.
"""

from __future__ import annotations

from random import Random

FIRST = (
    "Sampla", "Testo", "Demola", "Ficta", "Examplo", "Mockie", "Praktika", "Inventa", "Fabula", "Placeho",
    "Dummika", "Prototyp", "Figmenta", "Modello", "Specima", "Trialo", "Skitsa", "Imagina", "Pretendo", "Novela",
)  # fmt: skip
LAST = (
    "van Voorbeeld", "Sampleton", "Mockwena", "Testovski", "Du Demo", "Fictitious", "Placeholder", "Exampleza",
    "Nomvuzo-Test", "Specimen", "Prototipe", "Fabricated", "Von Muster", "Imaginary", "Pretorius-Test", "Invented",
)  # fmt: skip
TRADES = ("Biscuit Works", "Kite Repairs", "Umbrella Hire", "Teapot Museum", "Button Exchange", "Cloud Painters")
STREETS = ("Example Street", "Sample Avenue", "Placeholder Lane", "Fiction Road", "Mock Crescent", "Testing Close")
SUBURBS = ("Voorbeeldstad", "Sampleville", "Mockton", "Fictiondale")
DOMAINS = ("example.co.za", "example.com")


def person(rng: Random) -> tuple[str, str]:
    """A first and a last name."""
    return rng.choice(FIRST), rng.choice(LAST)


def business(rng: Random, last_name: str) -> str:
    """A firm's name."""
    return f"{last_name} {rng.choice(TRADES)} (Pty) Ltd"


def email(rng: Random, first_name: str, last_name: str, number: int) -> str:
    """An address that is unique by its number."""
    local = f"{first_name}.{last_name}{number}".lower().replace(" ", "")
    return f"{local}@{rng.choice(DOMAINS)}"


def phone(rng: Random) -> str:
    """A number that no exchange gives out."""
    return f"000 {rng.randrange(1000):03d} {rng.randrange(10000):04d}"


def address(rng: Random) -> str:
    """An installation address."""
    return f"{rng.randrange(1, 900)} {rng.choice(STREETS)}, {rng.choice(SUBURBS)}, 0000"
