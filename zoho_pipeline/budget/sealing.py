"""Sealing the shared token: encrypted under a key that is derived from a secret which is not in the database."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zoho_pipeline.settings import ZohoSettings

_KEY_BYTES = 32


class Seal:
    """Seals and opens the token of one set of credentials.

    The key comes from ZOHO_TOKEN_KEY, or from the client secret where that is not set. `credentials` is a fingerprint
    of client and refresh token: with other ones the stored token, and the memory of a refusal, do not count.
    """

    def __init__(self, settings: ZohoSettings) -> None:
        refresh_token = settings.refresh_token.get_secret_value()
        client = f"{settings.accounts_url}\n{settings.client_id.get_secret_value()}"
        secret = (settings.token_key or settings.client_secret).get_secret_value()
        salt = hashlib.sha256(client.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret, salt, b"zoho_pipeline access token")))
        told_apart = f"{refresh_token}\n{settings.client_secret.get_secret_value()}\n{secret}"
        self.credentials = _derived(told_apart, salt, b"zoho_pipeline credentials").hex()[:32]

    def close(self, token: str) -> bytes:
        """The token, sealed."""
        return self._fernet.encrypt(token.encode())

    def open(self, sealed: bytes) -> str | None:
        """The token; None where it was sealed under another key, or is damaged."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            return None


def _derived(secret: str, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=purpose).derive(secret.encode())
