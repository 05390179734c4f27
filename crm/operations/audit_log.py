"""What the command says about the audit log."""

from __future__ import annotations

from collections.abc import Iterator

from crm.audit.proof import Fault, Finding, Verified
from crm.clock import BERLIN

_SHOWN = 20
_SENTENCES = {
    Fault.CHANGED: "Zeile {number} wurde geändert, vertauscht oder nicht von Augenhöhe versiegelt.",
    Fault.PAYLOAD: "Zeile {number}: Was sich geändert hat oder auf welcher Seite, wurde geändert.",
    Fault.GAP: "Vor Zeile {number} fehlen Siegel.",
    Fault.LINE_GONE: "Zeile {number} wurde gelöscht.",
    Fault.UNSEALED: "Eine Zeile ohne Siegel wurde hinzugefügt.",
    Fault.END: "Das Ende nach Zeile {number} stimmt nicht: Die letzten Zeilen fehlen.",
    Fault.ANCHOR: "Zeile {number} ist nicht die, die zuletzt bekannt war: Das Protokoll wurde auf"
    " einen älteren Stand zurückgesetzt oder neu geschrieben.",
}


def audit_words(found: Verified) -> Iterator[str]:
    """Yield what was found, a sentence for each fault, and how much was checked."""
    for finding in found.findings[:_SHOWN]:
        yield _sentence(finding)
    if (more := len(found.findings) - _SHOWN) > 0:
        yield f"… und {more} weitere."
    if not found.is_anchored:
        yield "Das zuletzt bekannte Ende fehlt (audit-anchor); damit ist es nicht verglichen."
    if found.findings:
        yield f"Das Änderungsprotokoll wurde verändert ({found.lines} Zeilen geprüft)."
    else:
        yield f"Das Änderungsprotokoll ist unverändert ({found.lines} Zeilen geprüft)."


def _sentence(finding: Finding) -> str:
    sentence = _SENTENCES[finding.fault].format(number=finding.number)
    if finding.at is None:
        return sentence
    return f"{sentence} Sie ist vom {finding.at.astimezone(BERLIN):%d.%m.%Y %H:%M}."
