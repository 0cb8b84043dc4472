"""What is looked for, as an address holds it: words as they are, but no telephone or document number (电话、证件号).

Addresses stay in histories and in the logs of servers. So words with a number in them go in encrypted, for the person
who looks alone: passed on, or read in a log, such an address finds nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from tracker.core.encryption import CannotDecrypt, decrypt, encrypt
from tracker.petitioners.rules import numbers_in

SEALED = "sealed~"


def sealed(words: str, asker: int) -> str:
    """Return words as an address of this person's holds them; what is sealed already stays as it is."""
    if words.startswith(SEALED) or not numbers_in(words).numbers:
        return words
    return SEALED + urlsafe_b64encode(encrypt(words, context=_context(asker))).decode().rstrip("=")


def opened(written: str, asker: int) -> str | None:
    """Return the words of an address; None where they were sealed for somebody else, or are damaged."""
    if not written.startswith(SEALED):
        return written
    code = written.removeprefix(SEALED)
    try:
        return decrypt(urlsafe_b64decode(code + "=" * (-len(code) % 4)), context=_context(asker))
    except (CannotDecrypt, Error, ValueError):
        return None


def _context(asker: int) -> str:
    return f"words looked for|{asker}"
