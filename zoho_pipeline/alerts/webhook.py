"""A webhook that takes what Slack's incoming webhooks take: `{"text": …}`. Mattermost and others do too."""

import requests

from zoho_pipeline.alerts.channel import Letter, NotSent
from zoho_pipeline.alerts.settings import WEBHOOK

TIMEOUT_SECONDS = 10
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""Slack reads these as its own marks: <!channel> would wake everybody."""


class Webhook:
    """Posts to one address, which is a secret and never shown."""

    name = WEBHOOK

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, letter: Letter) -> None:
        """Post it; only an answer of 200 to 299 means that it was taken.

        Raises:
            NotSent: with the status, or with the kind of the failure.
        """
        text = f"*{_escaped(letter.subject)}*\n{_escaped(letter.body)}\nmessage {letter.uid}"
        try:
            answer = requests.post(
                self._url, json={"text": text}, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )  # a redirected POST arrives as a GET, without its text
        except requests.RequestException as error:
            raise NotSent(f"the webhook could not be reached ({type(error).__name__})") from None
        if not 200 <= answer.status_code < 300:
            raise NotSent(f"the webhook answered {answer.status_code}")


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in text)
