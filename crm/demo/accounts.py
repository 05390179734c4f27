"""The people of the demo who can sign in, one for each role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.policy import Role

DOMAIN = "musterkreis.example"
GMBH, DISTRICT = "Standortentwicklung Musterkreis GmbH", "Landkreis Musterkreis"
NORTH, SOUTH, COUNTY = "Team Nord", "Team Süd", "Team Kreisentwicklung"
# Each team with its body
TEAMS: Mapping[str, str] = {NORTH: GMBH, SOUTH: GMBH, COUNTY: DISTRICT}
LAND = "ST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A demo account. A manager leads their own team and those in `leads`."""

    key: str
    role: Role
    role_name: str
    email: str
    name: str
    team: str | None = None
    leads: tuple[str, ...] = ()
    is_administrator: bool = False


ACCOUNTS: tuple[Account, ...] = (
    Account(
        key="officer",
        role=Role.OFFICER,
        role_name="Wirtschaftsförderung, Team Nord",
        email=f"nord@{DOMAIN}",
        name="Lena Wegweiser",
        team=NORTH,
    ),
    Account(
        key="manager",
        role=Role.MANAGER,
        role_name="Leitung, Team Nord und Team Süd",
        email=f"leitung@{DOMAIN}",
        name="Marion Kompass",
        team=NORTH,
        leads=(SOUTH,),
    ),
    Account(
        key="south",
        role=Role.OFFICER,
        role_name="Wirtschaftsförderung, Team Süd",
        email=f"sued@{DOMAIN}",
        name="Timo Pfadfinder",
        team=SOUTH,
    ),
    Account(
        key="reader",
        role=Role.READER,
        role_name="Lesezugriff, Team Nord",
        email=f"lesen@{DOMAIN}",
        name="Rita Leselicht",
        team=NORTH,
    ),
    Account(
        key="county",
        role=Role.OFFICER,
        role_name="Wirtschaftsförderung, Landkreis",
        email=f"kreis@{DOMAIN}",
        name="Karin Landkarte",
        team=COUNTY,
    ),
    Account(
        key="county-manager",
        role=Role.MANAGER,
        role_name="Leitung, Landkreis",
        email=f"kreisleitung@{DOMAIN}",
        name="Konrad Lageplan",
        team=COUNTY,
    ),
    Account(
        key="administrator",
        role=Role.NONE,
        role_name="Verwaltung des Programms",
        email=f"verwaltung@{DOMAIN}",
        name="Ada Schlüsselbund",
        is_administrator=True,
    ),
)
