"""Subjects: what a mail's subject says once what mail programs put around it is taken away, and what it gives away.

`RE: [EXTERNAL] Fwd: Water bill [#1234]` and `water bill` are one subject. Automatic mail is known by how its
subject begins, in the languages of the common mail systems, and by the names that only machines have. People begin with such
words too ("Undelivered: green cart"): by words that are not theirs alone, nobody's request is taken for a machine's.
All of these take the `words` of a subject: as it is written, in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

_REPLY = r"(?:re|aw|antw|antwort|sv|vs|rif|res|odp|ynt|回复|回覆|答复|答覆)"
_FORWARD = r"(?:fw|fwd|wg|tr|rv|enc|vb|doorst|pd|vl|vidarebefordrat|转发|轉寄)"
_COUNT = r"(?:\s*[\[(]\d+[\])])?\s*[:：]"
_TAG = (
    r"(?:[\[({*]+\s*(?:caution\s*[:\-]?\s*)?(?:ext|external|extern|externe|externo)(?:\s+(?:e-?mail|mail|sender|message))?"
    r"\s*[\])}*]+|(?:external|caution)\s*:)"
)
_TICKET = (
    r"(?:\[\s*(?:(?:ticket|case|request|incident|inquiry|enquiry|ref|reference|id|sr|issue|call)\s*(?:id|no|nr|number)?\.?"
    r"\s*[:#]*\s*#?|#+\s*|[a-z]{1,8}-)[a-z]{0,4}-?\d+[\d\-]*\s*\]"
    r"|\(\s*(?:(?:ticket|case|request|incident)\s*(?:id|no|nr|number)?\.?\s*[:#]*\s*#?|#+\s*)\d+\s*\)|##\s*[a-z]*-?\d+\s*##)"
)
_NAMED_TICKET = r"(?:(?:ticket|case|request|incident)\s*(?:id|no|nr|number)?\.?\s*#?\s*\d{2,}\s*(?:[:–—]|-\s))"
#: What may stand before the words of a subject.
_LEAD = rf"^(?:\s*(?:{_TAG}|{_TICKET}))*\s*"
_AROUND = rf"^(?:\s*(?:{_REPLY}{_COUNT}|{_FORWARD}{_COUNT}|{_TAG}|{_TICKET}|{_NAMED_TICKET}))+\s*"
#: All but a single blank, which stays as it is.
_BLANKS = r"\s{2,}|[^\S ]"
#: A longer subject is cut off by some systems, the earlier the more stands before it.
_LENGTH = 200

_AUTOMATIC = (
    "automatic reply", "automatic response", "automated reply", "automated response", "auto reply", "auto-reply",
    "autoreply", "auto response", "auto-response", "autoresponse", "autosvar", "out of office", "out-of-office",
    "out of the office", "vacation reply", "vacation response", "away from my mail", "away from the office",
    "réponse automatique", "reponse automatique", "absence du bureau", "absent du bureau", "message d'absence",
    "automatische antwort", "abwesenheitsnotiz", "abwesenheitsassistent", "automatisch antwoord", "automatisch bericht",
    "afwezigheidsbericht", "respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina",
    "risposta automatica", "fuori sede", "resposta automática", "resposta automatica", "fora do escritório",
    "automaattinen vastaus", "automatiskt svar", "automatisk svar", "autoodpowiedź", "odpowiedź automatyczna",
    "automatická odpověď", "automatikus válasz", "răspuns automat", "otomatik yanıt", "автоматический ответ", "автоответ",
    "автоматична відповідь", "αυτόματη απάντηση", "自動応答", "自动答复", "自动回复", "自動回覆", "자동 회신", "رد تلقائي",
    "מענה אוטומטי", "read receipt", "delivery receipt", "confirmation de lecture",
)  # fmt: skip
#: Words of people too: how machines go on after them.
_SHORT = ("auto", "ooo")
_SHORT_FORMS = (
    r"(?:auto\s*[:：]?\s*(?:re|aw)\s*[:：]|auto\s*[:：].*\b(?:out of (?:the )?office|returning)\b"
    r"|ooo\s*[:：\-–—(\[]?\s*(?:$|(?:re|aw)\s*[:：]|(?:message|from|until|till|back|returning|vacation|leave|holidays?)\b))"
)
#: What stands before the subject of a message that was read, or not.
_RECEIPT = (
    "read:", "not read:", "gelesen:", "ungelesen:", "lu :", "non lu :", "leído:", "lido:", "delivered:", "zugestellt:",
)  # fmt: skip
#: What an organisation's machine writes to whoever wrote to it.
_ACKNOWLEDGEMENT = (
    "thank you for contacting", "thank you for your", "thanks for contacting", "thanks for your", "thank you for reaching",
    "thank you for submitting", "we have received your", "we received your", "we've received your", "your request has been",
    "your ticket has been", "your case has been", "your submission", "your message has been received",
    "your email has been received", "your e-mail has been received", "acknowledgement", "acknowledgment",
    "confirmation of receipt", "receipt of your", "request received", "ticket received", "ticket created", "case created",
    "new ticket", "accusé de réception", "eingangsbestätigung", "empfangsbestätigung", "merci de nous avoir contacté",
)  # fmt: skip
_ARRIVED = r"\b(?:has|have) been (?:received|created|opened|logged|registered|submitted|assigned)\b|\breceived:"
_BOUNCE = (
    "undeliverable", "undelivered mail returned to sender", "undelivered", "delivery status notification", "delivery failure",
    "delivery has failed", "delivery delayed", "mail delivery failed", "mail delivery failure", "mail delivery system",
    "mail system error", "returned mail", "failure notice", "message not delivered", "non remis", "non distribué",
    "échec de la remise", "échec de remise", "unzustellbar", "nicht zustellbar", "onbestelbaar", "no se puede entregar",
    "no entregado", "non recapitabile", "mancato recapito", "não é possível entregar", "não entregue",
    "kan inte levereras", "недоставлено", "未送达", "配信不能",
)  # fmt: skip
#: What follows those words; anything else is a sentence that a customer may have written.
_THEN = r"\s*(?:[:：\-–—(\[,.]|$|re\b|aw\b|auto|reply\b|from\b|notification\b|message\b|until\b|till\b)"
_MACHINE = r"^(?:no|do[._-]?not|not?|never)[._-]?(?:reply|respond|answer|responder|repondre)(?:[._+-].*)?@"
_NEWSLETTER = r"^(?:[a-z0-9]+[._-])?(?:newsletters?|news|mailings?|marketing|notifications?|notify|alerts?|bulletins?)@"
_VERP = r"^(?:bounces?|prvs|msprvs\d|owner)[+=_.-].*@|-bounces?(?:\+.*)?@"
_POSTMASTER = (
    r"^(?:postmaster|mail(?:er)?-?daemon|mdaemon|mail[._ -]?delivery[._ -]?(?:sub)?system|microsoftexchange[0-9a-f]{20,})"
    r"(?:@|$)|^$"
)


def bare_subject(words: pl.Expr) -> pl.Expr:
    """The subject as it is compared; null where nothing is left."""
    plain = words.str.replace(_AROUND, "").str.replace_all(_TICKET, " ").str.replace_all(_TAG, " ")
    plain = plain.str.replace_all(_BLANKS, " ").str.strip_chars(" .-–—:").str.slice(0, _LENGTH)
    return pl.when(plain != "").then(plain)


def is_reply(words: pl.Expr) -> pl.Expr:
    """Whether a mail program wrote `Re:` (or the like) in front last."""
    return words.str.contains(rf"{_LEAD}{_REPLY}{_COUNT}").fill_null(False)


def is_forward(words: pl.Expr) -> pl.Expr:
    """Whether a mail program wrote `Fwd:` (or the like) in front last."""
    return words.str.contains(rf"{_LEAD}{_FORWARD}{_COUNT}").fill_null(False)


def is_automatic(words: pl.Expr, subjects: Sequence[str]) -> pl.Expr:
    """Whether nobody wrote it, whoever sent it: an absence note in full, or a subject that begins as declared."""
    is_note = words.str.contains(_begins(_AUTOMATIC, _THEN)) | words.str.contains(_LEAD + _SHORT_FORMS)
    is_declared = words.str.contains(_begins([text.lower() for text in subjects])) if subjects else pl.lit(value=False)
    return (is_note | is_declared).fill_null(False)


def may_be_automatic(words: pl.Expr) -> pl.Expr:
    """Whether it begins as automatic mail may, but people's too: enough for what goes out to be no reply, and too little
    for what comes in to be no request."""
    return (words.str.contains(_begins(_SHORT, _THEN)) | words.str.contains(_begins(_RECEIPT))).fill_null(False)


def receipt_of(words: pl.Expr) -> pl.Expr:
    """The subject, as it is compared, of the message whose receipt this may be; empty where it has none; else null."""
    begins = _begins(_RECEIPT)
    receipt = pl.when(words.str.contains(begins)).then(words)  # of the others nothing need be taken apart
    return pl.when(receipt.is_not_null()).then(bare_subject(receipt.str.replace(begins, "")).fill_null(""))


def is_acknowledgement(words: pl.Expr) -> pl.Expr:
    """Whether an outbound message only says that a message arrived; a `Re:` in front was put there by a person's program."""
    says_so = words.str.contains(_ARRIVED) & ~is_reply(words)
    return (words.str.contains(_begins(_ACKNOWLEDGEMENT)) | says_so).fill_null(False)


def is_bounce(words: pl.Expr) -> pl.Expr:
    """Whether it begins as that of a mail system which tells that a message did not arrive."""
    return words.str.contains(_begins(_BOUNCE, _THEN)).fill_null(False)


def is_machine(address: pl.Expr, senders: Sequence[str]) -> pl.Expr:
    """Whether nobody writes from an address: `no-reply@`, or one that is declared."""
    return address.str.contains(_MACHINE) | address.is_in(list(senders))


def is_mail_system(address: pl.Expr) -> pl.Expr:
    """Whether an address, or a name alone, is that of a mail system, which tells what did not arrive; also the empty one."""
    return address.str.contains(_POSTMASTER)


def is_bulk_sender(address: pl.Expr) -> pl.Expr:
    """Whether an address is one from which newsletters and notices are sent."""
    return address.str.contains(_NEWSLETTER) | address.str.contains(_VERP)


def _begins(words: Sequence[str], then: str = "") -> str:
    alternatives = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return rf"{_LEAD}(?:{alternatives}){then}"
