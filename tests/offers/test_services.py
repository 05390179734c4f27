from __future__ import annotations

from pathlib import Path

from crm.offers.models import AgencyOffer
from crm.offers.queries import offers
from crm.offers.services import load_offers
from tests.make import Make


def _offers(make: Make, *, with_retired: bool = False) -> list[AgencyOffer]:
    return list(make.run(lambda: offers(with_retired=with_retired)))


def test_the_catalogue_names_every_offer_in_both_languages(make: Make) -> None:
    found = _offers(make)

    assert [offer.name("de") for offer in found] == [
        "Fördermittelberatung", "Gründungsberatung", "Nachfolgesprechtag", "Lotsendienst Behörden",
        "Flächensuche", "Fachkräfteberatung", "Digitalberatung", "Netzwerktreffen",
    ]  # fmt: skip
    assert found[0].name("en") == "Advice on funding"
    assert all(offer.name("en") for offer in found)


def test_an_offer_that_is_left_out_is_retired_and_comes_back_as_the_same(
    make: Make, tmp_path: Path
) -> None:
    key = make.agency_offer("networking").id
    path = tmp_path / "offers.toml"
    path.write_text('[[offer]]\nslug = "site-search"\nde = "Standortsuche"\nen = "Sites"\n')

    make.run(lambda: load_offers(path))

    assert [offer.name("de") for offer in _offers(make)] == ["Standortsuche"]
    assert len(_offers(make, with_retired=True)) == 8
    make.run(load_offers)
    assert make.agency_offer("networking").id == key
    assert [offer.position for offer in _offers(make)] == list(range(8))
