"""What a list of customers says: who is who across telephone and mail."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from outside import AS_OF, SAMPLES, TOP, run
from paired import audit, told

LEFT = "a,2025-10-13 10:00:00,{},204,in,voicemail"


def log(folder: Path, *rows: str) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join(["call_id,called_at,from,to,direction,result", *rows, ""]), encoding="utf-8")
    return path


PHONES = ["1-780-555-0101 ext. 12", '"Doe" <7805550101>', "tel:+1-780-555-0101", "780/555-0101", "780-555-0199; 7805550101",
          "780-555-0199 / 780-555-0101", "2025-10-06", "2025-10-06 7805550101", "06.10.2025 1200"]  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
@pytest.mark.parametrize("address", ["doe@mail.example", "old@mail.example, Doe <mailto:DOE@mail.example>"])
def test_how_a_list_of_customers_may_be_written(tmp_path: Path, phone: str, address: str) -> None:
    """Numbers and addresses as in any export, and several in a cell; a date is no number."""
    calls, mail = log(tmp_path, LEFT.format("7805550101")), tmp_path / "mail.csv"
    mail.write_text(
        "message_id,sent_at,from,to,subject,direction\n1,2025-10-14 09:00,info@town.example,doe@mail.example,Call,out\n"
    )
    listed = tmp_path / "customers.csv"
    with listed.open("w", newline="") as file:
        csv.writer(file).writerows([["Phone", "E-mail"], [phone, address]])
    found = told(audit(calls, mail, settings=f"pairing: {{customers: '{listed}'}}\n"))
    assert [reply for _, _, reply in found] == [None if phone[:3] in ("202", "06.") else "14 09:00"]


@pytest.mark.parametrize("name", ["customers.xlsx", "customers.zip"])
def test_the_rows_of_two_tables_are_two_customers(tmp_path: Path, name: str) -> None:
    """However many sheets, or files of an archive, a list has: the second row of each is somebody else's."""
    calls, mail = log(tmp_path, LEFT.format("7805550100")), tmp_path / "mail.csv"
    mail.write_text(
        "message_id,sent_at,from,to,subject,direction\n1,2025-10-14 09:00,info@town.example,bob@post.example,Call,out\n"
    )
    rows = {
        "Residents": ["Ann", "7805550100", "ann@mail.example"],
        "Businesses": ["Bob", "7805550200", "bob@post.example"],
    }
    listed = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(listed, "w") as archive:
            for sheet, row in rows.items():
                archive.writestr(f"{sheet}.csv", "name,phone,mail\n" + ",".join(row) + "\n")
    else:
        with xlsxwriter.Workbook(listed) as book:
            for sheet, row in rows.items():
                page = book.add_worksheet(sheet)
                page.write_row(0, 0, ["name", "phone", "mail"])
                page.write_row(1, 0, row)
    settings = f"pairing: {{customers: '{listed}'}}\n"
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == [None]
    mail.write_text(mail.read_text().replace("bob@post", "ann@mail"))
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == ["14 09:00"]


def test_each_call_answers_what_is_open_then(tmp_path: Path) -> None:
    """E-mails of three days, each answered by telephone an hour later, by the list of customers."""
    calls = log(tmp_path, *(f"{day},2025-10-{day} 11:00:00,204,7805550101,out,answered" for day in (13, 14, 15)))
    mail, listed = tmp_path / "mail.csv", tmp_path / "customers.csv"
    asked = [f"{day},2025-10-{day} 10:00,doe@mail.example,info@town.example,About {day},in\n" for day in (13, 14, 15)]
    mail.write_text("message_id,sent_at,from,to,subject,direction\n" + "".join(asked))
    listed.write_text("phone,mail\n7805550101,doe@mail.example\n")
    found = told(audit(calls, mail, settings=f"pairing: {{customers: '{listed}'}}\n"))
    assert [reply for _, _, reply in found] == ["13 11:00", "14 11:00", "15 11:00"]


def test_a_call_answers_an_email_whatever_was_left_at_that_number_long_ago(tmp_path: Path) -> None:
    """What was answered is open no more; what is still open at the number leaves it open which of the two was meant."""
    mail, listed = tmp_path / "mail.csv", tmp_path / "customers.csv"
    mail.write_text(
        "message_id,sent_at,from,to,subject,direction\n1,2025-10-15 10:00,doe@mail.example,info@town.example,Water,in\n"
    )
    listed.write_text("phone,mail\n7805550101,doe@mail.example\n")
    left, called = LEFT.format("7805550101"), "{0},2025-10-{1} 11:00:00,204,7805550101,out,answered"
    calls = log(tmp_path, left, called.format("b", 14), called.format("c", 16))
    settings = f"pairing: {{customers: '{listed}'}}\n"
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == ["14 11:00", "16 11:00"]
    calls = log(tmp_path, left, called.format("c", 16))
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == ["16 11:00", None]


def test_no_answer_replaces_the_list(tmp_path: Path) -> None:
    """It decides verdicts as the exports do."""
    (tmp_path / "cust.csv").write_text("Ann,780-555-0100,ann@x.org\n")
    (tmp_path / "s.yaml").write_text(f"{(TOP / 'standards.yaml').read_text()}\npairing: {{customers: cust.csv}}\n")
    found = run("check", SAMPLES, *AS_OF, "--standards", "s.yaml", "-o", "cust.csv", cwd=tmp_path)
    assert (found.code, "the answer would replace it" in found.err) == (2, True)
