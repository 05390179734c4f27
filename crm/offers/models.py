"""The agency's offer, in both languages."""

from __future__ import annotations

from crm.catalogue import Catalogued


class AgencyOffer(Catalogued):
    """An entry of the catalogue of offers."""

    __tablename__ = "agency_offer"
