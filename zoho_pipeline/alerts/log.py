"""The plain log as a channel: where nothing else is set up, incidents are told there."""

import logging

from zoho_pipeline.alerts.channel import Letter
from zoho_pipeline.alerts.settings import LOG

logger = logging.getLogger("zoho_pipeline.incidents")


class Log:
    """Writes warnings: below that level many a set-up shows nothing."""

    name = LOG

    def send(self, letter: Letter) -> None:
        """Write it as one entry."""
        logger.warning("%s [message %s]\n%s", letter.subject, letter.uid, letter.body)
