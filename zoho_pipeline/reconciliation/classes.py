"""The closed list of what can set CircleTel and Zoho apart: what each class means, and who mends it how. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Class(StrEnum):
    """Why a record, or a field of it, is not the same on both sides."""

    MISSING_IN_ZOHO = "missing_in_zoho"
    MISSING_IN_CIRCLETEL = "missing_in_circletel"
    DELETED_IN_ZOHO = "deleted_in_zoho"
    DUPLICATE_IN_ZOHO = "duplicate_in_zoho"
    TWO_ROWS_ONE_OBJECT = "two_rows_one_object"
    NOT_LINKED = "not_linked"
    NOT_ELIGIBLE = "not_eligible"
    WRONG_PARENT = "wrong_parent"
    AMOUNT = "amount"
    TAX = "tax"
    BALANCE = "balance"
    CURRENCY = "currency"
    TIMING = "timing"
    DATE = "date"
    STATUS = "status"
    PRICE = "price"
    PLAN = "plan"
    NAME = "name"
    EMAIL = "email"
    STILL_BILLED = "still_billed"
    NOT_BILLED = "not_billed"
    SUSPENDED = "suspended"
    BEFORE_ZOHO = "before_zoho"
    AWAITED = "awaited"
    MISSED = "missed"
    RAISED_BY_ZOHO_ALONE = "raised_by_zoho_alone"
    SPLIT = "split"
    OTHER_LINES = "other_lines"
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"
    PAID_WITHOUT_PAYMENT = "paid_without_payment"
    WRONG_INVOICE = "wrong_invoice"
    UNAPPLIED = "unapplied"
    REFUNDED = "refunded"
    UNDATED = "undated"

    @property
    def meaning(self) -> "Meaning":
        """What people are told about it."""
        return _MEANINGS[self]

    @property
    def heading(self) -> str:
        """For tables and workbooks: `Missing in Zoho`."""
        return self.meaning.title


class Fix(StrEnum):
    """Who mends an item."""

    NOTHING = "nothing"
    """It is as it should be, or mends itself."""
    SYNC = "sync"
    """The engine may do it at once: send again, adopt or update."""
    APPROVED = "approved"
    """The engine does it once a person has approved that very row."""
    PERSON = "person"
    """A person does it, in Zoho or in CircleTel."""


@dataclass(frozen=True)
class Meaning:
    """A class in words.

    Attributes:
        title: for tables and workbooks.
        explains: what has happened, in a sentence.
        advice: what to do, in a sentence.
        fix: who does it.
    """

    title: str
    explains: str
    advice: str
    fix: Fix = Fix.PERSON

    @property
    def expected(self) -> bool:
        """Whether it is no fault: both sides are right, and nobody has to do anything."""
        return self.fix is Fix.NOTHING


_MEANINGS: dict[Class, Meaning] = {
    Class.MISSING_IN_ZOHO: Meaning(
        "Missing in Zoho",
        "CircleTel has it, Zoho does not.",
        "Its cause says why it did not go; once that is mended it is sent again.",
        Fix.SYNC,
    ),
    Class.MISSING_IN_CIRCLETEL: Meaning(
        "Missing in CircleTel",
        "It stands in Zoho, and no row of CircleTel leads to it.",
        "Find out who made it in Zoho: enter it in CircleTel and link it, or take it back in Zoho.",
    ),
    Class.DELETED_IN_ZOHO: Meaning(
        "Deleted in Zoho",
        "The object that the row is linked to is gone from Zoho's lists.",
        "If it was merged, link the row to what stayed (relink); if it was deleted by mistake, take the link off the "
        "row in CircleTel and the next run sends it again.",
    ),
    Class.DUPLICATE_IN_ZOHO: Meaning(
        "Duplicate in Zoho",
        "It stands in Zoho a second time.",
        "Compare the two in Zoho, merge them or delete one, and see that the row is linked to the one that stays.",
    ),
    Class.TWO_ROWS_ONE_OBJECT: Meaning(
        "Two rows on one object",
        "Several rows of CircleTel are linked to one object in Zoho.",
        "See in Zoho whose it is, and take the link off the other rows: the next run looks for their own.",
    ),
    Class.NOT_LINKED: Meaning(
        "Not linked",
        "It is in Zoho, and CircleTel's row does not know it yet.",
        "The next run adopts it, if it is unmistakable; else link it (relink).",
        Fix.SYNC,
    ),
    Class.NOT_ELIGIBLE: Meaning(
        "In Zoho, but not for Zoho",
        "CircleTel's row is not for Zoho (a test account, or its status has changed), and it stands there.",
        "Take it back in Zoho if nothing hangs on it.",
    ),
    Class.WRONG_PARENT: Meaning(
        "Wrong customer",
        "In Zoho it hangs on another customer.",
        "Find out which customer is right; Zoho moves no document: make it anew there, and take the old one back.",
    ),
    Class.AMOUNT: Meaning(
        "Amount",
        "The totals differ.",
        "An issued invoice is corrected by CircleTel's credit note, never changed; a payment by refund and new entry.",
    ),
    Class.TAX: Meaning("VAT", "The VAT differs.", "Correct the document whose VAT is wrong by a credit note."),
    Class.BALANCE: Meaning(
        "Balance",
        "What is still open differs.",
        "Look at the invoice's payments on both sides: one of them is missing or applied elsewhere.",
    ),
    Class.CURRENCY: Meaning(
        "Currency", "The two are kept in different currencies.", "Enter the document anew in the right currency."
    ),
    Class.TIMING: Meaning(
        "Timing", "The other side has it in another month.", "Nothing: it evens out in that month.", Fix.NOTHING
    ),
    Class.DATE: Meaning("Date", "The dates differ within the month.", "Nothing, unless the due date matters."),
    Class.STATUS: Meaning(
        "Status",
        "One side has withdrawn it or not issued it, the other has.",
        "Void or credit it where it still stands, or issue it where it is still a draft.",
    ),
    Class.PRICE: Meaning(
        "Price",
        "What Zoho charges a month is not what CircleTel does.",
        "Find out which is right: the sync changes Zoho's price at the end of the term.",
        Fix.SYNC,
    ),
    Class.PLAN: Meaning(
        "Plan",
        "In Zoho it is on another plan.",
        "The sync changes the plan at the end of the term, once the package's plan is published.",
        Fix.SYNC,
    ),
    Class.NAME: Meaning("Name", "The names differ.", "The sync brings CircleTel's name into Zoho.", Fix.SYNC),
    Class.EMAIL: Meaning(
        "E-mail", "The e-mail addresses differ.", "The sync brings CircleTel's address into Zoho.", Fix.SYNC
    ),
    Class.STILL_BILLED: Meaning(
        "Still billed although cancelled",
        "CircleTel has ended the service, and Zoho goes on billing it.",
        "Approve the cancellation; it is carried out in Zoho.",
        Fix.APPROVED,
    ),
    Class.NOT_BILLED: Meaning(
        "Active but not billed",
        "CircleTel runs the service, and its subscription in Zoho bills nothing.",
        "Reactivate the subscription in Zoho, or end the service in CircleTel.",
    ),
    Class.SUSPENDED: Meaning(
        "Suspended",
        "CircleTel has suspended the service; its subscription in Zoho is left alone.",
        "Nothing, unless the customer is not to be billed meanwhile: then pause it in Zoho.",
        Fix.NOTHING,
    ),
    Class.BEFORE_ZOHO: Meaning(
        "Before Zoho",
        "The debt is older than Zoho's billing of the service, so Zoho never had it.",
        "Nothing: it is settled in CircleTel.",
        Fix.NOTHING,
    ),
    Class.AWAITED: Meaning(
        "Awaited", "Zoho has not raised its invoice yet.", "Nothing: Zoho raises it on its day.", Fix.NOTHING
    ),
    Class.MISSED: Meaning(
        "Missed",
        "Zoho has raised no invoice for the period, and never will.",
        "Approve it to have it sent as a one-off under CircleTel's number.",
        Fix.APPROVED,
    ),
    Class.RAISED_BY_ZOHO_ALONE: Meaning(
        "Raised by Zoho alone",
        "Zoho's subscription raised it, and CircleTel has no recurring invoice of that period.",
        "See whether CircleTel should have billed the period; if not, credit it in Zoho.",
    ),
    Class.SPLIT: Meaning(
        "One debt, several documents",
        "One invoice of CircleTel stands in Zoho as several, to the same cent.",
        "Nothing: Zoho raises one for each service.",
        Fix.NOTHING,
    ),
    Class.OTHER_LINES: Meaning(
        "Other lines",
        "CircleTel's recurring invoice holds a pro-rated part, or lines beside the fee, that Zoho does not bill.",
        "Have the difference billed in Zoho by an invoice of its own, or credit it in CircleTel.",
    ),
    Class.CREDIT_NOTE: Meaning(
        "Credit note on one side",
        "A credit note lowers the balance on one side only.",
        "Enter the credit note on the other side too.",
    ),
    Class.WRITE_OFF: Meaning(
        "Written off on one side",
        "Zoho has written the balance off, CircleTel still demands it.",
        "Write it off in CircleTel too, or take the write-off back in Zoho.",
    ),
    Class.PAID_WITHOUT_PAYMENT: Meaning(
        "Paid without a payment",
        "CircleTel calls it paid, and no completed payment row says so.",
        "Find the payment and enter it, or correct amount_paid in CircleTel.",
    ),
    Class.WRONG_INVOICE: Meaning(
        "Payment on the wrong invoice",
        "In Zoho the payment is applied to another invoice than CircleTel's.",
        "Apply it to the right invoice in Zoho.",
    ),
    Class.UNAPPLIED: Meaning(
        "Unapplied payment",
        "The payment stands in Zoho as the customer's credit, and CircleTel counts it on an invoice.",
        "Apply it to the invoice in Zoho.",
    ),
    Class.REFUNDED: Meaning(
        "Refunded on one side",
        "One side has given the money back, the other has not.",
        "Enter the refund on the other side: the sync never executes one.",
    ),
    Class.UNDATED: Meaning(
        "Undated",
        "CircleTel's row has no date of its own, so it stands in the first month.",
        "Enter its date in CircleTel.",
    ),
}
