"""What pages say about handing over."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from crm.workflows.models import Kind


def amounts(counts: Mapping[Kind, int]) -> str:
    """Return what there is of each kind: 3 Wiedervorlagen, 1 Anliegen und 2 Besuche."""
    follow_ups, concerns, visits = (counts.get(kind, 0) for kind in Kind)
    parts = [
        ngettext("%(num)s Wiedervorlage", "%(num)s Wiedervorlagen", follow_ups),
        ngettext("%(num)s Anliegen", "%(num)s Anliegen", concerns),
        ngettext("%(num)s Besuch", "%(num)s Besuche", visits),
    ]
    numbers = (follow_ups, concerns, visits)
    named = [part for part, number in zip(parts, numbers, strict=True) if number]
    if len(named) > 1:
        return _("%(first)s und %(last)s", first=", ".join(named[:-1]), last=named[-1])
    return "".join(named)
