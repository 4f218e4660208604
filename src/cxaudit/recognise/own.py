"""Own: which mail domains and which service addresses are the organisation's, where the standards file does not say.

Only evidence counts, and what was found is said; where it does not suffice, the run stops and asks.
"""

from __future__ import annotations

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
    known = found.recipients.select(pl.col("recipient").unique().cast(pl.String)).to_series()
    mine = known.filter(pl.select(is_within(domains(pl.lit(known)), own)).to_series())
    return mine.filter(mine.str.contains(_SERVICE)).sort().to_list()


def _from_direction(found: Messages) -> list[str]:
    ways = pl.col("direction").cast(pl.String)
    sent = found.messages.filter(ways.is_in(["outbound", "internal", "inside"]))["sender"]
    if not len(sent):
        received = found.messages.filter(ways == "inbound").select("message")
        sent = found.recipients.join(received, on="message", how="semi")["recipient"]
    counts = _domains_of(sent.alias("address").value_counts()).group_by("domain").agg(pl.col("count").sum())
    return counts.filter(pl.col("count") * 100 >= pl.col("count").sum() * _MANY_PCT)["domain"].sort().to_list()


def _nearly_everywhere(found: Messages) -> list[str]:
    senders = found.messages.select("message", address="sender")
    both = pl.concat([senders, found.recipients.select("message", address="recipient")])
    known = _domains_of(both.select(pl.col("address").unique())).with_columns(pl.col("domain").cast(pl.Categorical))
    found_in = both.join(known, on="address").select("message", "domain").unique()
    least = found_in["message"].n_unique() * _NEARLY_ALL_PCT
    counts = found_in["domain"].value_counts().filter(pl.col("count") * 100 >= least)
    return counts["domain"].cast(pl.String).sort().to_list()


def _domains_of(known: pl.DataFrame) -> pl.DataFrame:
    """Addresses with their domains, those without one left out."""
    return known.with_columns(domain=domains(pl.col("address").cast(pl.String))).drop_nulls("domain")


def _with_service_addresses(found: Messages) -> set[str]:
    everyone = pl.concat([found.recipients["recipient"], found.messages["sender"].alias("recipient")]).unique()
    named = everyone.cast(pl.String).drop_nulls()
    return {address.rpartition("@")[2] for address in named.filter(named.str.contains(_SERVICE))}
