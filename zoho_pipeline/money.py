"""Money: Decimal rand (or another currency's major unit), never a float."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class NotMoney(ValueError):
    """A value that was expected to be an amount of money is none."""

    def __init__(self, value: object) -> None:
        super().__init__(f"{value!r} is not an amount of money")


def money(value: object) -> Decimal:
    """The amount as Decimal, rounded half up to the cent.

    Zoho writes money as JSON numbers and sometimes as strings; both are read through `str`, so that 0.1 stays 0.1.

    Raises:
        NotMoney: for NULL, text, NaN, infinities, and amounts beyond all measure.
    """
    if value is None or isinstance(value, bool):
        raise NotMoney(value)
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value).strip())
        if amount.is_finite():
            return amount.quantize(CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:  # of no number, and of one too large to have cents
        pass
    raise NotMoney(value)


def vat_inside(gross: Decimal, rate_percent: Decimal) -> Decimal:
    """The VAT contained in an amount that includes it, rounded half up to the cent."""
    return money(gross - gross * 100 / (100 + rate_percent))


def vat_on_top(net: Decimal, rate_percent: Decimal) -> Decimal:
    """The VAT to be added to an amount that excludes it, rounded half up to the cent."""
    return money(net * rate_percent / 100)


def rand(amount: Decimal, currency: str = "ZAR") -> str:
    """The amount as people read it: `R 1 234.56`, or `USD 1 234.56` for another currency."""
    symbol = "R" if currency == "ZAR" else currency
    return f"{symbol} {amount:,.2f}".replace(",", " ")
