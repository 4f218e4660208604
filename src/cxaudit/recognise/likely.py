"""How systems like to name their columns, for guesses and advice only: nothing is ever judged by a guess.

Source: the synonyms of many cities' exports; the likeliest pattern of a role first.
"""

from __future__ import annotations

import re

from cxaudit.standards.source import Role


def _patterns(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


_MOMENT = "(date|time|dt|at|on|timestamp|datetime)"
_CAME_IN = (
    r"receiv|creat|open|submit|submission|request|req\b|report|enter|start|init\b|log|regist|incoming|arriv|asked|left"
)
_REPLIED = r"respon|resp\b|repl|answer|call(ed)? ?back|returned|acknowledg"
_CLOSED = (
    r"clos|resol|complet|finish|solv|end(ed|s)?\b|done|erledigt|geschlossen|abgeschlossen|abschluss|beendet|gelöst"
)
_EINGANG = (
    r"\b(eingang(s ?(datum|zeit\w*))?|eingegangen|erstell(t|ung\w*|datum)|eröffn\w*|erfasst|gemeldet|empfangen)\b"
)
_ANTWORT = r"\b(antwort(datum)?|beantwortet|geantwortet|reaktion|rückruf|zurückgerufen)\b"
#: role -> patterns of a header whose words stand apart (see `spaced`).
LIKE: dict[Role, tuple[re.Pattern[str], ...]] = {
    "received_at": _patterns(
        rf"\b({_CAME_IN})\w*\b.*\b{_MOMENT}\b",
        rf"\b{_MOMENT}\b.*\b({_CAME_IN})",
        r"\b(receiv|creat|open|submit|request|report|enter|register|logged|left|arriv|asked)\w*|" + _EINGANG,
        r"\b(call ?date|date|timestamp|datetime|datum|creada|recibido)\b",
    ),
    "replied_at": _patterns(
        r"\b(first|initial)\b.*\b(respon|resp\b|repl|answer|contact)|\berste?\w* ?(antwort|reaktion|rückmeldung)",
        rf"\b({_REPLIED})\w*\b.*\b{_MOMENT}\b",
        rf"\b{_MOMENT}\b.*\b({_REPLIED})",
        r"\b(respon[ds]|resp\b|repli|repl[yi]|answered|acknowledged|call(ed)? ?back|returned)|" + _ANTWORT,
        rf"\b({_CLOSED})\w*",
    ),
    "case_id": _patterns(
        r"\b(case|ticket|request|issue|incident|reference|enquiry|inquiry|sr|message|conversation|call)\b ?"
        r"(id|no|nr|num|number|key|ref)\b|\b(vorgangs|ticket|fall|anfrage)[ -]?(nummer|nr|id)\b|\baktenzeichen\b",
        r"^(id|uid|no|nr|nummer|number|ref|reference|key|case|ticket|vorgang|unique ?key)$",
        r"\b(id|no|nr|num|number|ref|reference|key)$",
    ),
    "channel": _patterns(
        r"^(channel|source|via|origin|medium|method|kanal|eingangs(kanal|weg|art))$",
        r"\b(channel|contact (type|method|mode)|method received|received (via|by)|case origin)\b",
        r"\b(report(ed)? (method|via|source)|intake|source|origin|method)\b",
    ),
    "department": _patterns(
        r"^(department|dept|departamento|abteilung|amt|fachbereich|division|service area)$",
        r"\b(department|dept|division|team|group|agency|branch|business unit|service area|queue)\b",
    ),
    "employee": _patterns(
        r"^(agent|assignee|assigned to|owner|clerk|employee|officer|handler|handled by|answered by|responsible|"
        r"(sach)?bearbeiter(in)?)$",
        r"\b(assignee|assigned ?to|agent|clerk|employee|case owner|ticket owner)\b",
    ),
    "status": _patterns(r"^(status|estado)$", r"\bstatus\b", r"\bstate\b"),
    "customer_type": _patterns(
        r"\bcustomer ?type\b", r"\b(requester|requestor|contact|client) ?type\b", r"\binternal\b"
    ),
    "system_due_at": _patterns(
        r"\b(due|target|deadline|fällig|frist)\b",
        r"\bexpect\w*\b.*\b(date|time|datetime)\b",
        r"\bsla\b.*\b(expire|due)",
    ),
    "system_verdict": _patterns(
        r"\b(response|reply) status\b",
        r"^(?!.*\bresol).*\b(sla|on ?time|within target|target (met|status)|overdue|breach\w*|violat\w*)\b",
    ),
}
#: A first response that is told as a duration: what its header says, and the unit in it.
DURATION = re.compile(
    r"\b(first|initial)\b.*\b(repl|respon)\w*.*\b(?P<unit>minutes?|mins?|hours?|b?hrs?)\b", re.IGNORECASE
)
#: Durations by the system's own schedule, which say nothing about the clock.
#: Source: SOURCES, Freshdesk (its "in hrs" is HH:MM:SS of business hours).
BUSINESS = re.compile(r"\b(business|office|working|bhrs)\b|\b(response|resolution) time in hrs\b", re.IGNORECASE)
#: Replies that are known only by the closing of a case.
CLOSURE = re.compile(rf"\b({_CLOSED})\w*", re.IGNORECASE)
#: Moments that are neither a reply nor a closing, whatever else their headers say.
NO_REPLY = re.compile(
    r"\b(due|target|deadline|expect\w*|updat\w*|modif\w*|reopen\w*|assign\w*|sla|goal|"
    r"fällig\w*|frist|geändert|änderung\w*|aktualisier\w*|zugewiesen)\b",
    re.IGNORECASE,
)
#: Ways in which requests come, as systems name them (folded): a column that holds them tells the channel.
WAYS = frozenset(
    {"email", "mail", "phone", "telephone", "call", "voicemail", "letter", "post", "web", "website", "webform", "portal",
     "online", "chat", "fax", "walkin", "inperson", "counter", "selfservice", "api", "app", "mobile", "socialmedia",
     "twitter", "facebook", "ourcity", "brief", "telefon"}
)  # fmt: skip
#: channel -> what the name of a file or sheet says about it.
NAMED: dict[str, re.Pattern[str]] = {
    "voicemail": re.compile(r"voice ?mail|\bvm\b", re.IGNORECASE),
    "email": re.compile(r"e ?mails?\b|mailbox", re.IGNORECASE),
    "letter": re.compile(r"letters?\b", re.IGNORECASE),
    "portal": re.compile(r"portal", re.IGNORECASE),
}
#: Words that some systems write together in one case, such as DATETIMEINIT and REQUESTID.
_TOGETHER = re.compile(
    r"\b(date ?time|date)(?=(init|creat|open|receiv|submit|request|report|clos|resol|complet|answer|respon|repl)\w*\b)|"
    r"\b(created?|opened?|received|submitted|requested|reported|closed?|resolved|completed|answered|responded|replied)"
    r"(?=(date ?time|date|time|dt)\b)|"
    r"\b(request|case|ticket|issue|incident)(?=(id|no|nr|num|number)\b)",
    re.IGNORECASE,
)


def spaced(header: str) -> str:
    """A header with its words apart.

    >>> spaced("CreatedDate"), spaced("opened_at"), spaced("callDate/Time"), spaced("DATETIMEINIT")
    ('Created Date', 'opened at', 'call Date Time', 'DATETIME INIT')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    words = re.sub(r"[\W_]+", " ", apart.replace("#", " number "))
    return " ".join(_TOGETHER.sub(r"\g<0> ", words).split())


def likeness(role: Role, header: str) -> int:
    """How like a column of that role a header is: 0 not at all, the higher the better."""
    patterns, words = LIKE[role], spaced(header)
    return next((len(patterns) - i for i, pattern in enumerate(patterns) if pattern.search(words)), 0)
