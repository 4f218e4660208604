"""Resolves which spelling means which channel or department.

A spelling, taken without case, blanks, hyphens and underscores, means one thing only. Keys claim theirs first, then
titles, then aliases, so that an error names the less weighty of two. Source: the standards file's form.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cxaudit.spelling import fold
from cxaudit.standards.place import Place
from cxaudit.standards.values import did_you_mean

#: A key among the channels that is no channel.
TARGET = "target"


@dataclass
class Names:
    """Spellings and what they mean: folded spelling -> name, and the line that says so."""

    meaning: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def get(self, spelling: str) -> str | None:
        return self.meaning.get(fold(spelling))

    def claim(self, spelling: str, name: str, place: Place, *, at_key: bool = False) -> None:
        """Gives a spelling its meaning, or reports that it has another one already."""
        folded = fold(spelling)
        report = place.wrong_key if at_key else place.wrong
        if not folded:
            report(f'"{spelling}" has no letter or digit that could tell it from others')
            return
        known = self.meaning.setdefault(folded, name)
        line = self.lines.setdefault(folded, place.line)
        if known != name:
            report(f'"{spelling}" means "{known}" already (line {line}); one spelling can mean one thing only')


def channel_entries(version: Place) -> list[Place]:
    """The channels of a version."""
    return [entry for entry in version.at("channels").entries() if entry.key != TARGET]


def resolve_channels(root: Place) -> tuple[dict[str, str], Names]:
    """Titles by channel key, in file order (the newest version's title wins), and every spelling of a channel."""
    entries = [entry for version in root.at("standards").items() for entry in channel_entries(version)]
    names = Names()
    titles: dict[str, str] = {}
    for entry in entries:
        known = names.get(entry.key)
        if known and known != entry.key:
            line = names.lines[fold(entry.key)]
            entry.wrong_key(f'"{entry.key}" is the same name as "{known}" on line {line}; write it the same way')
            continue
        names.claim(entry.key, entry.key, entry, at_key=True)
        titles.setdefault(entry.key, _title(entry.key))
    for entry in entries:
        title = entry.at("title")
        if title.text and entry.key in titles:
            names.claim(title.text, entry.key, title)
            titles[entry.key] = title.text
    for alias_list, channel in [(one, names.get(one.key)) for one in root.at("channels").entries()]:
        if channel:
            _claim_aliases(alias_list, channel, names)
        elif root.at("standards").tree:
            advice = did_you_mean(alias_list.key, titles)
            alias_list.wrong_key(f'no version of the standards has a channel "{alias_list.key}"; {advice}')
    return titles, names


def resolve_departments(root: Place) -> Names:
    """Every spelling of a department, as the alias lists or else the first mention name it."""
    names = Names()
    alias_lists = root.at("departments").entries()
    for alias_list in alias_lists:
        names.claim(alias_list.key, alias_list.key, alias_list, at_key=True)
    for alias_list in alias_lists:
        _claim_aliases(alias_list, alias_list.key, names)
    for version in root.at("standards").items():
        for entry in version.at("departments").entries():
            names.claim(entry.key, names.get(entry.key) or entry.key, entry, at_key=True)
    for period in root.at("high_volume").items():
        for item in period.at("departments").items():
            if item.text:
                names.claim(item.text, names.get(item.text) or item.text, item)
    return names


def _claim_aliases(alias_list: Place, name: str, names: Names) -> None:
    for item in alias_list.items():
        if item.text:
            names.claim(item.text, name, item)


def _title(key: str) -> str:
    """The title of a channel that has none.

    >>> _title("our_city")
    'Our city'
    """
    words = " ".join(key.replace("_", " ").split())
    return words[:1].upper() + words[1:]
