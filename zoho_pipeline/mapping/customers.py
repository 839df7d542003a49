"""A customer of CircleTel as a customer of Zoho Billing."""

from email_validator import EmailNotValidError, validate_email

from zoho_pipeline.circletel.rows import Customer
from zoho_pipeline.mapping.mapped import Mapped, Unmappable, custom_fields, mapped

CURRENCY = "ZAR"


def map_customer(row: Customer) -> Mapped:
    """Name, address for mail, phone, and CircleTel's two keys in custom fields.

    Zoho has no field for an outside reference, so the keys are the custom fields that CircleTel's app uses too.

    Raises:
        Unmappable: without a valid e-mail address or a name, both of which Zoho requires.
    """
    payload = {
        "display_name": display_name(row),
        "first_name": row.first_name.strip(),
        "last_name": row.last_name.strip(),
        "company_name": _company(row),
        "email": valid_email(row),
        "phone": row.phone.strip(),
        "currency_code": CURRENCY,
        "custom_fields": custom_fields(cf_circletel_customer_id=row.id, cf_account_number=row.account_number),
    }
    return mapped({name: value for name, value in payload.items() if value})


def display_name(row: Customer) -> str:
    """The business's name for a business, else first and last name.

    Raises:
        Unmappable: when all of them are blank.
    """
    name = _company(row) or " ".join(f"{row.first_name} {row.last_name}".split())
    if not name:
        raise Unmappable("the customer has no name", "Enter a first and last name, or a business name, in CircleTel.")
    return name


def valid_email(row: Customer) -> str:
    """The e-mail address, if mail could be sent to it.

    Raises:
        Unmappable: when it is blank or malformed.
    """
    if not row.email.strip():
        raise Unmappable("the e-mail address is blank", "Enter the customer's e-mail address in CircleTel.")
    try:
        validate_email(row.email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise Unmappable(
            "the e-mail address is not a valid one", "Correct the customer's e-mail address in CircleTel."
        ) from None
    return row.email.strip()


def _company(row: Customer) -> str:
    return (row.business_name or "").strip() if row.account_type == "business" else ""
