"""`cxaudit verify`: an auditor makes a report again and sees what is the same and what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from outside import SAMPLES, TOP, run

MANIFEST = "reports/2025-10/manifest.json"


@pytest.fixture
def reported(tmp_path: Path) -> Path:
    """A folder with the samples and a report of them."""
    shutil.copytree(SAMPLES, tmp_path / "exports")
    done = run(
        "report", "exports", "--period", "2025-10", "--out", "reports", "--formats", "xlsx,json,csv", cwd=tmp_path
    )
    assert done.code == 0
    return tmp_path


def differing(folder: Path, *arguments: str) -> dict[str, list[str]]:
    """What differs, by what it is."""
    found = run("verify", MANIFEST, "exports", *arguments, cwd=folder)
    names: dict[str, list[str]] = {}
    for row in found.rows:
        if row["outcome"] != "same":
            names.setdefault(row["what"], []).append(row["name"])
    assert found.code == (1 if names else 0), found.err
    return names


def test_the_same_exports_give_the_same_report(reported: Path) -> None:
    """Every version, hash and figure; from whatever folder the exports are read."""
    assert differing(reported) == {}
    (reported / "exports").rename(reported / "elsewhere")
    found = run("verify", MANIFEST, "elsewhere", cwd=reported)
    assert (found.code, "Everything is as the manifest says" in found.err) == (0, True)


def test_a_file_beside_the_report_is_said(reported: Path) -> None:
    """It is no difference; but nobody shall take it for a part of the report."""
    folder = reported / "reports" / "2025-10"
    assert "no part of it" not in run("verify", MANIFEST, "exports", cwd=reported).err
    (folder / "report (corrected).html").write_text("All is well")
    (folder / ".DS_Store").write_text("")
    found = run("verify", MANIFEST, "exports", cwd=reported)
    assert (found.code, "Beside the report, and no part of it: report (corrected).html." in found.err) == (0, True)
    shutil.copy(reported / MANIFEST, folder / "copy.json")
    found = run("verify", "reports/2025-10/copy.json", "exports", cwd=reported)
    assert "no part of it: report (corrected).html." in found.err, "the manifest itself is a part"
    (folder / "copy.json").unlink()
    (reported / "elsewhere").mkdir()
    shutil.copy(reported / MANIFEST, reported / "elsewhere")
    shutil.copy(reported / "exports" / "portal.csv", reported / "elsewhere")
    found = run("verify", "elsewhere/manifest.json", "exports", cwd=reported)
    assert "no part of it" not in found.err


def test_a_corrected_export_is_found(reported: Path) -> None:
    """Which file, which figures, and which files of the report would be other ones today."""
    path = reported / "exports" / "portal.csv"
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:-8]))
    found = differing(reported)
    assert found["input"] == ["portal.csv"]
    assert {"requests", "met", "judged"} <= set(found["figure"])
    assert {"report.xlsx", "report.json", "tally.parquet"} <= set(found["file made again"])
    assert "file of the report" not in found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"totals": {"outside_period": 1}}, {"figure": ["outside_period"]}),
        ({"totals": {"excluded_because": {"no_standard": 11}}}, {"figure": ["excluded_because no_standard"]}),
        ({"inputs": [{"bytes": 5}]}, {"input": ["email.csv: bytes"]}),
        ({"outputs": [{"bytes": 1}]}, {"file of the report": ["report.xlsx: bytes"]}),
        ({"timezone": "America/Toronto"}, {"time zone": ["city"]}),
        ({"findings": []}, {"finding": ["no_received"]}),
        ({"inputs": [{"tables": [{"fates": {"duplicates": 99}}]}]}, {"use of rows": ["email.csv"]}),
        ({"inputs": [{"tables": [{"encoding": "cp1252"}]}]}, {"how it was read": ["email.csv"]}),
        ({"calendar": [{"business_days": 1, "special_days": [{"name": "None"}]}]}, {"closed day": ["2025", "2025-01-01"]}),
    ],
)  # fmt: skip
def test_a_manifest_that_tells_otherwise_is_found(
    reported: Path, change: dict[str, Any], found: dict[str, list[str]]
) -> None:
    """Whatever it says of the input, the closed days and the figures, not only its hashes."""
    path = reported / MANIFEST
    document = json.loads(path.read_text("utf-8"))
    (first, *_) = document["inputs"]
    path.write_text(json.dumps(_changed(document, change)), "utf-8")
    expected = {what: [name.replace("email.csv", first["file"]) for name in names] for what, names in found.items()}
    seen = differing(reported)
    assert {what: names if what != "finding" else names[:1] for what, names in seen.items()} == expected


def _changed(value: Any, change: Any) -> Any:
    """A document with some of its values replaced; of a list only the first ones, or all by none."""
    if isinstance(change, dict):
        return {**value, **{name: _changed(value.get(name, {}), part) for name, part in change.items()}}
    if isinstance(change, list) and change:
        return [_changed(value[0], change[0]), *value[1:]]
    return change


@pytest.mark.parametrize("target", ["exports/portal.csv", MANIFEST])
def test_the_comparison_replaces_no_evidence(reported: Path, target: str) -> None:
    """Neither an export nor the manifest."""
    before = (reported / target).read_bytes()
    form = () if target.endswith(".csv") else ("--format", "json")
    found = run("verify", MANIFEST, "exports", "-o", target, *form, cwd=reported)
    assert (found.code, "the answer would replace it" in found.err) == (2, True)
    assert (reported / target).read_bytes() == before


def test_a_folder_is_told_where_its_manifest_is(reported: Path) -> None:
    """As it may be typed."""
    found = run("verify", "reports/2025-10", "exports", cwd=reported)
    assert (found.code, found.err.splitlines()) == (
        2,
        ["cxaudit: reports/2025-10 is a folder.", f"Name the manifest in it: {MANIFEST}"],
    )


def test_what_is_no_manifest_is_refused(reported: Path) -> None:
    """Also where only one part of it is of the wrong kind."""
    path = reported / MANIFEST
    wrongs = {
        "versions": 3, "inputs": {}, "totals": None, "outputs": "none", "command": {}, "calendar": None, "findings": ["x"],
        "renderers": None, "standards": {"file": "x"}, "outputs ": [{"file": "../x", "bytes": 1, "sha256": ""}],
        "inputs ": [{"file": "x", "bytes": 1, "sha256": "", "tables": None}],
    }  # fmt: skip
    for name, wrong in ((name.strip(), wrong) for name, wrong in wrongs.items()):
        document = json.loads(path.read_text("utf-8")) | {name: wrong}
        (path.parent / "bad.json").write_text(json.dumps(document), "utf-8")
        found = run("verify", "reports/2025-10/bad.json", "exports", cwd=reported)
        assert (found.code, "is no manifest of a report" in found.err) == (2, True)


def test_a_copy_of_an_export_and_a_damaged_tally_are_called_by_their_names(reported: Path) -> None:
    """Neither changes a figure of this report."""
    shutil.copy(reported / "exports" / "portal.csv", reported / "exports" / "portal copy.csv")
    assert differing(reported)["input of the same content"] == ["portal.csv"]
    (reported / "exports" / "portal copy.csv").unlink()
    late = ("--period", "2025-11", "--as-of", "2025-11-20", "--out", "reports", "--formats", "csv")
    assert run("report", "exports", *late, cwd=reported).code == 0
    (reported / "reports" / "2025-10" / "tally.parquet").write_text("junk")
    found = run("verify", "reports/2025-11/manifest.json", "exports", cwd=reported)
    outcomes = {row["name"]: row["outcome"] for row in found.rows if row["what"] == "earlier tally"}
    assert outcomes == {"2025-10/tally.parquet": "differs"}


def test_a_missing_and_an_added_export_are_found(reported: Path) -> None:
    """By their names; a file that is only called otherwise is not called another."""
    (reported / "exports" / "letters.xlsx").rename(reported / "exports" / "letters 2025.xlsx")
    found = run("verify", MANIFEST, "exports", cwd=reported)
    rows = [row for row in found.rows if row["what"] == "input" and row["outcome"] != "same"]
    assert {row["name"]: row["outcome"] for row in rows} == {"letters.xlsx": "missing", "letters 2025.xlsx": "added"}
    assert "The same exports under other names." in found.err
    (reported / "exports" / "letters 2025.xlsx").unlink()
    assert "Another export than the report was made from" in run("verify", MANIFEST, "exports", cwd=reported).err


def test_a_file_changed_after_it_was_written_is_found(reported: Path) -> None:
    """The figures are the same, and it says so."""
    (reported / "reports" / "2025-10" / "records.csv").write_text("case_id\n")
    (reported / "reports" / "2025-10" / "report.xlsx").unlink()
    found = run("verify", MANIFEST, "exports", cwd=reported)
    assert found.code == 1
    assert "file of the report: report.xlsx, records.csv. A file of the report was changed, or removed" in found.err
    assert "The figures are the same." in found.err


def test_other_standards_are_found(reported: Path) -> None:
    """The copy in the manifest is what the report was made by; another file shows what it would change."""
    text = (TOP / "standards.yaml").read_text().replace("within: 1 business day}", "within: 5 business days}")
    (reported / "other.yaml").write_text(text)
    found = differing(reported, "--standards", "other.yaml")
    assert list(found) == ["standards", "figure", "file made again"]


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """A report that rests on a list of customers, made in a folder of its own."""
    home = tmp_path / "town"
    (home / "exports").mkdir(parents=True)
    text = (TOP / "standards.yaml").read_text("utf-8")
    (home / "standards.yaml").write_text(
        f"{text}\npairing: {{own_domains: [town.example], customers: customers.csv}}\n", "utf-8"
    )
    (home / "customers.csv").write_text("name,phone,mail\nDoe,780-555-0100,doe@mail.example\n")
    (home / "exports" / "calls.csv").write_text(
        "call_id,called_at,from,to,direction,result\n1,2025-10-06 09:00:05,780-555-0100,204,in,voicemail\n"
    )
    (home / "exports" / "mail.csv").write_text(
        "message_id,sent_at,from,to,subject\n1,2025-10-06 10:00,info@town.example,doe@mail.example,Your call\n"
    )
    asked = ("--period", "2025-10", "--as-of", "2025-10-31", "--out", "reports", "--formats", "json,csv")
    done = run("report", "exports", "--standards", "standards.yaml", *asked, cwd=home)
    assert done.code == 0, done.err
    return home


def test_the_list_of_customers_is_in_the_manifest(joined: Path) -> None:
    """By its hash and size, as what the figures rest on; nothing of what stands in it, here or elsewhere in the report."""
    document = json.loads((joined / MANIFEST).read_text("utf-8"))
    assert document["customers"]["file"] == "customers.csv"
    assert document["customers"]["bytes"] == (joined / "customers.csv").stat().st_size
    assert document["totals"]["met"] == 1
    assert all(b"780-555-0100" not in path.read_bytes() for path in (joined / "reports").rglob("*") if path.is_file())
    assert differing(joined) == {}
    assert differing(joined, "--standards", "standards.yaml") == {}
    (joined / "customers.csv").write_text("name,phone,mail\nDoe,780-555-0100,other@mail.example\n")
    found = differing(joined, "--standards", "standards.yaml")
    assert found["customers list"] == ["customers.csv"]
    assert {"met", "overdue"} <= set(found["figure"])


def test_the_list_of_customers_is_found_from_another_folder(joined: Path) -> None:
    """Where the report was made, if its manifest or the exports still lie there; else it is said what to name."""
    found = run("verify", joined / MANIFEST, joined / "exports", cwd=joined.parent)
    assert found.code == 0, found.err
    (joined.parent / "elsewhere").mkdir()
    moved = shutil.copy(joined / "customers.csv", joined.parent / "elsewhere")
    (joined / "customers.csv").unlink()
    refused = run("verify", joined / MANIFEST, joined / "exports", cwd=joined.parent)
    assert refused.code == 2
    assert "`pairing: customers`" in refused.err
    assert "--standards FILE" in refused.err
    shutil.copy(joined / "standards.yaml", Path(moved).parent)
    standards = ("--standards", "elsewhere/standards.yaml")
    found = run("verify", joined / MANIFEST, joined / "exports", *standards, cwd=joined.parent)
    differing = {row["what"] for row in found.rows if row["outcome"] != "same"}
    assert differing == {"file made again"}, "it names the standards file as it was given"


def test_a_manifest_that_tells_of_no_list_is_verified(joined: Path) -> None:
    """Those of earlier versions do not."""
    document = json.loads((joined / MANIFEST).read_text("utf-8"))
    del document["customers"]
    (joined / MANIFEST).write_text(json.dumps(document), "utf-8")
    assert differing(joined) == {}


def test_another_version_is_found(reported: Path) -> None:
    """It may count otherwise; the figures tell whether it did."""
    path = reported / MANIFEST
    document = json.loads(path.read_text())
    document["versions"]["holidays"] = "0.1"
    path.write_text(json.dumps(document))
    assert differing(reported) == {"version": ["holidays"]}


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown"])
def test_every_format(reported: Path, form: str) -> None:
    """As for the other commands."""
    found = run("verify", MANIFEST, "exports", "--format", form, cwd=reported)
    assert found.code == 0
    assert "tally.parquet" in found.text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("no", "is no manifest: it is not JSON"),
        ("[]", "is no manifest of a report"),
        ("{}", "is no manifest of a report"),
    ],
)
def test_what_is_no_manifest(tmp_path: Path, content: str | None, message: str) -> None:
    """Said, with the way to get one."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    refused = run("verify", "manifest.json", SAMPLES, cwd=tmp_path)
    assert (refused.code, refused.out) == (2, b"")
    assert message in refused.err
