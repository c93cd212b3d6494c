"""Who is who on this LinkedIn, and how one publishes: a member who administers a page and belongs to a group."""

from __future__ import annotations

from bot.simulator.network import Access

TOKEN = "simulated-linkedin-token"  # noqa: S105 - no secret at all
ORGANIZATION_ID, ORGANIZATION_NAME, VANITY_NAME = 2414183, "The Cancer Blog", "the-cancer-blog"
ORGANIZATION = f"urn:li:organization:{ORGANIZATION_ID}"
PERSON_ID, PERSON_NAME = "AbCdEf123", "Robin Example"
PERSON = f"urn:li:person:{PERSON_ID}"
GROUP_ID, GROUP_NAME = 4119103, "Cancer World"
GROUP = f"urn:li:group:{GROUP_ID}"

ABOUT_PERSON = {"sub": PERSON_ID, "name": PERSON_NAME, "locale": {"country": "GB", "language": "en"}}
ABOUT_ORGANIZATION = {
    "id": ORGANIZATION_ID,
    "localizedName": ORGANIZATION_NAME,
    "vanityName": VANITY_NAME,
    "name": {
        "localized": {"en_US": ORGANIZATION_NAME},
        "preferredLocale": {"country": "US", "language": "en"},
    },
}
ROLE = {"role": "ADMINISTRATOR", "state": "APPROVED", "roleAssignee": PERSON, "organization": ORGANIZATION}
ACCESSES = (
    Access("linkedin", "linkedin", {"organization": str(ORGANIZATION_ID)}, {"access_token": TOKEN}),
    Access(
        "group",
        "linkedin_group",
        {"group": str(GROUP_ID), "mode": "api", "person": PERSON},
        {"access_token": TOKEN},
        "grants_partner_access",
    ),
    Access("by_hand", "linkedin_group", {"group": "987654", "mode": "assisted"}),
)
