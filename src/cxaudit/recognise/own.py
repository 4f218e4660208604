"""Own: which mail domains and which service addresses are the organisation's, where the standards file does not say.

Only evidence counts, and what was found is said; where it does not suffice, the run stops and asks.
"""

from __future__ import annotations

import re

import polars as pl

from cxaudit.errors import InputError
from cxaudit.recognise.messages import Messages
from cxaudit.recognise.parties import domains, is_within

#: Domains at which anybody may have a mailbox.
_PUBLIC = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.ca", "live.com", "live.ca", "msn.com",
        "yahoo.com", "yahoo.ca", "icloud.com", "me.com", "mac.com", "aol.com", "telus.net", "shaw.ca", "rogers.com",
        "bell.net", "sympatico.ca", "videotron.ca", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de",
        "t-online.de", "orange.fr", "free.fr", "comcast.net", "verizon.net", "att.net", "hotmail.co.uk",
    }
)  # fmt: skip
#: Parts of addresses that belong to a service and not to a person.
_SERVICE_WORDS = (
    "access|accounts?|accounting|admin|administration|agenda|animals?|appeals?|applications?|arena|assessments?|billing|"
    "bookings?|building|business|bylaws?|careers?|cemetery|citizens?|city|cityhall|clerks?|communications?|community|"
    "complaints?|compliance|concerns?|contact|council|counter|customers?|customerservice|desk|development|"
    "economic|elections?|emergency|engineering|enquiry|enquiries|environment|events?|facilities|feedback|finance|fire|"
    "foip|front|frontdesk|garbage|general|hello|help|helpdesk|hr|humanresources|info|information|infrastructure|"
    "inquiry|inquiries|inspections?|it|itsupport|jobs|legal|legislative|library|licen[cs]es?|licen[cs]ing|mail|mayor|"
    "media|municipal|office|operations|parking|parks|payables?|payments?|permits?|planning|police|procurement|"
    "property|publicworks|purchasing|questions?|receivables?|reception|recreation|recycling|registration|rentals?|"
    "requests?|roads|safety|security|service|services|servicedesk|sewer|streets|support|sustainability|taxation|"
    "tax|taxes|team|town|townhall|traffic|transit|transportation|utilities|utility|volunteers?|waste|water|webmaster|"
    "works|zoning|311"
)
_SERVICE = rf"^(?:{_SERVICE_WORDS})(?:[._-]?(?:{_SERVICE_WORDS}|[a-z]{{1,3}}|\d+))*@"
#: One message in so many may be without an own address: what is passed on from outside to outside.
_NEARLY_ALL_PCT = 90
_MANY_PCT = 5


def own_domains(found: Messages, places: str) -> list[str]:
    """The organisation's domains, from the words for the direction, else the one that nearly every message has.

    Raises `InputError` where neither tells them.
    """
    by_words = _from_direction(found)
    if by_words:
        return by_words
    everywhere = _nearly_everywhere(found)
    candidates = [one for one in everywhere if one not in _PUBLIC] or everywhere
    if len(candidates) > 1:
        candidates = [one for one in candidates if one in _with_service_addresses(found)] or candidates
    if len(candidates) == 1:
        return candidates
    raise InputError(
        f"{places} does not tell which messages came in and which went out, and no one mail domain is part of nearly all.\n"
        "Name the organisation's own in the standards file:\n"
        "  pairing: {own_domains: [example.org]}"
    )


def service_addresses(found: Messages, own: list[str]) -> list[str]:
    """The own addresses that are named after a service, as `permits@` is."""
    mine = found.recipients.filter(is_within(pl.col("domain"), own), pl.col("recipient").str.contains(_SERVICE))
    return mine["recipient"].unique().sort().to_list()


def _from_direction(found: Messages) -> list[str]:
    messages = found.messages.with_columns(domain=domains(pl.col("sender")))
    ways = pl.col("direction").cast(pl.String)
    sent = messages.filter(ways.is_in(["outbound", "internal", "inside"]))["domain"]
    if not len(sent.drop_nulls()):
        received = messages.filter(ways == "inbound").select("message")
        sent = found.recipients.join(received, on="message", how="semi")["domain"]
    counts = sent.drop_nulls().value_counts().filter(pl.col("count") * 100 >= pl.col("count").sum() * _MANY_PCT)
    return counts["domain"].sort().to_list()


def _nearly_everywhere(found: Messages) -> list[str]:
    senders = found.messages.select("message", domain=domains(pl.col("sender")))
    both = pl.concat([senders, found.recipients.select("message", "domain")]).drop_nulls().unique()
    least = both["message"].n_unique() * _NEARLY_ALL_PCT
    counts = both["domain"].value_counts().filter(pl.col("count") * 100 >= least)
    return counts["domain"].sort().to_list()


def _with_service_addresses(found: Messages) -> set[str]:
    everyone = pl.concat([found.recipients["recipient"], found.messages["sender"]]).unique()
    return {address.rpartition("@")[2] for address in everyone.drop_nulls() if re.match(_SERVICE, address)}
