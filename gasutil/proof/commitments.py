"""Salted digests of personal values, so that a value can be erased and its leaf stays the same.

Disclosures and digests are those of RFC 9901, 4.2. Each row has one secret; the salt of a value is
derived from it, so that disclosing one value tells nothing about the others.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import rfc8785

VALUE_SALT_BYTES = 16


def disclosure(secret: bytes, name: str, value: Any) -> str:
    """Return what proves a value to someone who has its digest.

    Args:
        secret: the salt of the row.
        name: the name of the value.
        value: a value of JSON. What canonical JSON (RFC 8785) has no form for, such as an integer
            of 2^53, is disclosed as its JSON text.
    """
    salt = _base64url(hmac.digest(secret, name.encode(), "sha256")[:VALUE_SALT_BYTES])
    try:
        content = rfc8785.dumps([salt, name, value])
    except rfc8785.CanonicalizationError:  # written before such values were rejected
        content = rfc8785.dumps([salt, name, {"json": json.dumps(value)}])
    return _base64url(content)


def disclosure_digest(disclosed: str) -> str:
    """Return the digest of a disclosure."""
    return _base64url(hashlib.sha256(disclosed.encode()).digest())


def value_digests(secret: bytes, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of each value."""
    return {
        name: disclosure_digest(disclosure(secret, name, value)) for name, value in values.items()
    }


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
