"""Encrypted columns and the blind index that makes some of them searchable.

FIELD_KEYS = "id:base64,id:base64", newest first: the first encrypts, all decrypt. The blind index uses a key
derived from the last (oldest) one, so that adding a key does not change the index; a rotation command
re-encrypts and re-indexes before the old key goes.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class CannotDecrypt(Exception):
    """The key is missing, or the value was moved from another column or damaged."""


@lru_cache(maxsize=4)
def _keys(raw):
    keys = {}
    for part in raw:
        name, _, text = part.strip().partition(":")
        key = base64.b64decode(text)
        if len(key) != 32 or not name:
            raise ImproperlyConfigured("FIELD_KEYS: each key is id:base64 of 32 bytes")
        keys[name] = key
    return keys


def _all_keys():
    return _keys(tuple(settings.FIELD_KEYS))


def encrypt(text, bound_to):
    name, key = next(iter(_all_keys().items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(value, bound_to):
    name, _, text = value.partition(":")
    try:
        raw = base64.b64decode(text)
        return AESGCM(_all_keys()[name]).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise CannotDecrypt(bound_to) from error


def derived_key(purpose):
    """32 bytes for one purpose, from the same key as the blind index; says nothing about any other purpose."""
    return hmac.new(list(_all_keys().values())[-1], f"derived:{purpose}".encode(), hashlib.sha256).digest()


def blind_index(value, purpose):
    """Hex HMAC-SHA256 of a normalised value, "" for "". The same value under another purpose differs."""
    if not value:
        return ""
    oldest = list(_all_keys().values())[-1]
    key = hmac.new(oldest, b"blind-index", hashlib.sha256).digest()
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text, AES-256-GCM in the database, bound to model and field: a value copied elsewhere won't open."""

    @property
    def bound_to(self):
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value in (None, "") else encrypt(value, self.bound_to)

    def from_db_value(self, value, expression, connection):
        return value if value in (None, "") else decrypt(value, self.bound_to)

    def get_lookup(self, lookup_name):
        if lookup_name not in ("isnull",):
            raise TypeError(f"{self.bound_to} is encrypted: search its blind index")
        return super().get_lookup(lookup_name)
