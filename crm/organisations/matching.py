"""What makes two organisations the same: names, sound, register, domain, telephone.

Only text in and text out: the columns that are compared are kept by the service, the rows are found
by `queries.likely_duplicates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from urllib.parse import urlsplit

import cologne_phonetics
import phonenumbers
from rapidfuzz import fuzz, process

from crm.text import search_key, sort_key

REGION = "DE"
SIMILAR = 88.0
# Cologne phonetics is coarse: two names that only sound alike must look alike to this degree
_SOUNDS_SIMILAR = 60.0
_SHORTEST_SOUND = 2
_FEWEST_DIGITS = 3

# As `search_key` writes them; the longest first, so that „GmbH & Co. KG“ goes as one
_LEGAL_FORMS = (
    "ug haftungsbeschraenkt co kg", "ug haftungsbeschraenkt", "gesellschaft buergerlichen rechts",
    "gesellschaft mit beschraenkter haftung", "kommanditgesellschaft auf aktien",
    "offene handelsgesellschaft", "partnerschaftsgesellschaft", "eingetragene genossenschaft",
    "eingetragene kauffrau", "eingetragener kaufmann", "eingetragener verein",
    "unternehmergesellschaft", "kommanditgesellschaft", "aktiengesellschaft",
    "ggmbh co kg", "gmbh co kgaa", "gmbh co ohg", "gmbh co kg", "ag co kgaa", "ag co kg",
    "se co kgaa", "se co kg", "ug co kg", "stiftung co kg", "co kg", "partg mbb", "partgmbb",
    "partg", "ggmbh", "gmbh", "g mbh", "mbh", "gug", "ug", "gag", "ag", "kgaa", "kg", "ohg",
    "egbr", "gbr", "e kfm", "e kfr", "e k", "ek", "e g", "eg", "e v", "ev", "se", "ltd",
    "limited", "inc", "llp", "i gr", "i g", "i l",
)  # fmt: skip
_LEGAL_FORM = re.compile(rf" (?:{'|'.join(_LEGAL_FORMS)})(?= |$)")
# „Bäckerei Müller, Inh. Karl Schmidt“: the owner is not the name
_OWNER = re.compile(r" (?:inh|inhaber|inhaberin) .*$")
_AND = re.compile(r" (?:und|u|and)(?= )")

_FREE_MAIL = frozenset({
    "aol.com", "aol.de", "arcor.de", "e-mail.de", "email.de", "freenet.de", "gmail.com", "gmx.at",
    "gmx.ch", "gmx.com", "gmx.de", "gmx.info", "gmx.net", "googlemail.com", "hotmail.com",
    "hotmail.de", "icloud.com", "kabelmail.de", "live.com", "live.de", "magenta.de", "mail.de",
    "mailbox.org", "me.com", "msn.com", "online.de", "outlook.com", "outlook.de", "posteo.de",
    "proton.me", "protonmail.com", "t-online.de", "unitybox.de", "vodafone.de", "web.de",
    "yahoo.com", "yahoo.de",
})  # fmt: skip
# Under these many businesses have a page of their own
_SHARED_HOSTS = (
    "blogspot.com", "business.site", "ebay.de", "etsy.com", "facebook.com", "google.com",
    "instagram.com", "jimdo.com", "jimdofree.com", "jimdosite.com", "linkedin.com",
    "wixsite.com", "wordpress.com", "xing.com", "youtube.com",
)  # fmt: skip

_COURT = re.compile(r"\b(?:amtsgericht|registergericht|ag)\b")
_REGISTER = re.compile(r"^([a-z]*) ?0*([0-9]+) ?([a-z]*)$")
_NUMBER = re.compile(r"^[\s()\d+/.–-]+")


@unique
class Likeness(StrEnum):
    """Why two organisations may be the same, the surest first."""

    REGISTER = "register"
    NAME = "name"
    DOMAIN = "domain"
    PHONE = "phone"
    SOUND = "sound"
    SIMILAR = "similar"


def name_key(name: str) -> str:
    """Return a name as it is compared: search key without legal form, owner and „und“."""
    key = search_key(name)
    key = _OWNER.sub("", key)
    key = _AND.sub("", key)
    return _LEGAL_FORM.sub("", key).strip() or key


def name_sound(name: str) -> str:
    """Return how a name sounds, by Cologne phonetics; empty when that says nothing."""
    codes = (code or word for word, code in cologne_phonetics.encode(name_key(name)))
    sound = " ".join(filter(None, codes))
    return sound if len(sound.replace(" ", "")) > _SHORTEST_SOUND else ""


def register_key(number: str) -> str:
    """Return a register number as it is compared: HRB 01234 as hrb1234; empty for none."""
    key = search_key(number)
    found = _REGISTER.match(key)
    return f"{found[1]}{found[2]}{found[3]}" if found else key.replace(" ", "")


def court_key(court: str) -> str:
    """Return the place of a register court."""
    return " ".join(_COURT.sub(" ", search_key(court)).split())


def website_domain(website: str) -> str:
    """Return the domain of a website; empty when many share it."""
    address = website.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return _own(host.removeprefix("www."))


def email_domain(email: str) -> str:
    """Return the domain of an e-mail address; empty for the providers that anybody uses."""
    host = email.strip().lower().rpartition("@")[2]
    return "" if host in _FREE_MAIL or "@" not in email else _own(host.removeprefix("www."))


def _own(host: str) -> str:
    is_shared = any(host == shared or host.endswith(f".{shared}") for shared in _SHARED_HOSTS)
    return "" if is_shared or "." not in host else host


def domain_of(website: str, email: str) -> str:
    """Return the domain an organisation is known by: its website's, else its e-mail's."""
    return website_domain(website) or email_domain(email)


def phone_key(text: str) -> str:
    """Return the digits of a telephone number with country code; a remark after it is allowed.

    Raises `ValueError` when it is none.
    """
    found = _NUMBER.match(text.strip())
    typed = found[0].rstrip(" (/.–-") if found else ""
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    digits = str(number.national_number)
    if len(digits) < _FEWEST_DIGITS or not phonenumbers.is_possible_number(number):
        raise ValueError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+")


def phone_keys(phones: str) -> list[str]:
    """Return the keys of the numbers in `phones`, one a line; what is none is left out."""
    keys = []
    for line in filter(None, map(str.strip, phones.splitlines())):
        try:
            keys.append(phone_key(line))
        except ValueError:
            continue
    return keys


def search_text(name: str, *others: str, phones: str = "") -> str:
    """Return what an organisation is found by; it begins with the search key of its name.

    Names stand in it twice where they have umlauts, so that „hausler“ finds Häusler as well.
    """
    parts = [search_key(name), *map(search_key, others)]
    plain = (search_key(sort_key(text)) for text in (name, *others))
    parts += [text for text in plain if text not in parts]
    return " ".join(filter(None, [*parts, *phone_keys(phones)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of an organisation that somebody is about to add."""

    name: str
    website: str = ""
    email: str = ""
    register_court: str = ""
    register_number: str = ""
    phones: str = ""

    @property
    def domains(self) -> set[str]:
        """Return the domains it may be known by."""
        return {website_domain(self.website), email_domain(self.email)} - {""}


def similarity(one: str, other: str) -> float:
    """Return how alike two name keys are, from 0 to 100, whatever the order of their words."""
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


def most_similar(key: str, keys: Sequence[str], *, limit: int = 10) -> list[int]:
    """Return the places of the keys that are likest to `key`, similar ones only."""
    found = {
        place: score
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio)
        for _key, score, place in process.extract(
            key, keys, scorer=scorer, score_cutoff=SIMILAR, limit=limit
        )
    }
    return sorted(found, key=lambda place: (-found[place], place))[:limit]


def is_same_register(court: str, other_court: str) -> bool:
    """Tell whether two courts may be the same: equal, or one of them unknown."""
    keys = {court_key(court), court_key(other_court)}
    return len(keys) == 1 or "" in keys


def sounds_alike(one: str, other: str) -> bool:
    """Tell whether names that have the same sound also look somewhat alike."""
    return similarity(one, other) >= _SOUNDS_SIMILAR
