"""Texts that have broken programs like this one; for every field, file and page."""

from __future__ import annotations

import unicodedata

from crm.text import LONGEST_TEXT

# Ours, and those of the Big List of Naughty Strings that have broken programs like this one
NAUGHTY = [
    "", " ", "undefined", "null", "None", "NaN", "0", "-1", "1e309", "0x0", "1/0", "TRUE",
    "'; DROP TABLE visit; --", "' OR 1=1 -- 1", "%s%s%n", "{0}", "{{ 7 * 7 }}", "{% raw %}",
    "${jndi:ldap://example.org/a}", "`id`", "$(touch x)", "../../../etc/passwd", "C:\\CON",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)",
    "&lt;b&gt;&amp;", "]]>", "<!--", "=1+1", "@SUM(A1)", "+49 391 123", "-5", "\tEinzug",
    "Straße, Ärger, Öl, Übung, ß ẞ", unicodedata.normalize("NFD", "Häusler & Söhne"),
    "田中さん", "חָדָשׁ", "العربية", "\u202erechts nach links", "\u2066isoliert\u2069", "\ufeffBOM",
    "👍🏽👨‍👩‍👧‍👦", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "\u200bnull breit", "\u00a0hart", "\u2028Zeile\u2029Absatz", "\U0010fffd", "\ue000",
    "Power لُلُصّبُلُلصّبُررً ॣ ॣh ॣ ॣ 冗", "ﬁ ﬂ ﷽", "İıIi", "ⅷ ½ ①", "a" * LONGEST_TEXT,
]  # fmt: skip

# Characters that are refused with a sentence: control characters, surrogates, non-characters
UNSTORABLE = [
    "\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b", "\x1f", "\x7f", "\x80", "\x85", "\x9f",
    "\ud800", "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001ffff", "\U0010fffe",
]  # fmt: skip
