from __future__ import annotations

from pathlib import Path

from crm.topics.models import Topic
from crm.topics.queries import topics
from crm.topics.services import load_catalogue
from crm.visibility import Visibility
from tests.make import Make

# The words of the domain, in the order of the form
GERMAN = [
    "Lage & Ausblick", "Nachfolge", "Fachkräfte", "Ausbildung", "Digitalisierung",
    "Transformation & Energie", "Innovation", "Erweiterung & Investition", "Flächen & Standort",
    "Förderung & Finanzierung", "Behörden & Verfahren", "Infrastruktur",
    "Kooperation & Netzwerke", "Gründung & junge Unternehmen", "Märkte",
    "Zufriedenheit mit dem Standort",
]  # fmt: skip


def _topics(make: Make, *, with_retired: bool = False) -> list[Topic]:
    return list(make.run(lambda: topics(with_retired=with_retired)))


def _load(make: Make, path: Path, *entries: tuple[str, str]) -> None:
    text = "".join(f'[[topic]]\nslug = "{slug}"\nde = "{de}"\nen = "x"\n' for slug, de in entries)
    path.write_text(text, encoding="utf-8")
    make.run(lambda: load_catalogue(path))


def test_the_catalogue_has_the_topics_of_the_domain_in_both_languages(make: Make) -> None:
    found = _topics(make)

    assert [topic.name("de") for topic in found] == GERMAN
    assert all(topic.name("en") for topic in found)


def test_succession_starts_as_the_teams(make: Make) -> None:
    narrow = {topic.slug for topic in _topics(make) if topic.visibility is Visibility.TEAM}

    assert narrow == {"succession"}


def test_loading_again_changes_nothing(make: Make) -> None:
    before = [(topic.id, topic.slug, topic.position) for topic in _topics(make)]

    make.run(load_catalogue)

    assert [(topic.id, topic.slug, topic.position) for topic in _topics(make)] == before


def test_a_topic_that_is_left_out_is_retired_and_stays_readable(make: Make, tmp_path: Path) -> None:
    make.visit(topics=["outlook"])

    _load(make, tmp_path / "new.toml", ("markets", "Absatzmärkte"), ("new", "Neues"))

    assert [topic.name("de") for topic in _topics(make)] == ["Absatzmärkte", "Neues"]
    retired = {topic.slug for topic in _topics(make, with_retired=True) if topic.retired_at}
    assert "outlook" in retired
    assert make.topic("outlook").name("de") == "Lage & Ausblick"


def test_a_retired_topic_comes_back_as_the_same(make: Make, tmp_path: Path) -> None:
    key = make.topic("outlook").id
    _load(make, tmp_path / "without.toml", ("markets", "Märkte"))

    make.run(load_catalogue)

    assert make.topic("outlook").id == key
    assert [topic.name("de") for topic in _topics(make)] == GERMAN
