"""Messages: English text that remembers what it is made of, catalogues, and a language for each visitor."""

from __future__ import annotations

import ast
import copy
import json
import math
import pickle
import threading
from pathlib import Path

import pytest

from core.commands.command_line import main
from core.errors import UnknownNameError, UserError
from core.formatting import catalogues, durations, messages, numbers
from core.formatting.messages import Message, from_json, joined, listed, message, plural, to_json, translate
from core.formatting.text import _, escape_markdown

PO = r"""
# A comment.
msgid ""
msgstr ""
"Language: xx\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n==2 ? 1 : 2);\n"
"X-Native-Name: Xish (part)\n"

msgid "The {part} rows hold {count} rows."
msgstr "XX {count} in \"{part}\"."

msgid "test"
msgstr "TT"

msgid "{count} row"
msgid_plural "{count} rows"
msgstr[0] "{count} ONE"
msgstr[1] "{count} TWO"
msgstr[2] "{count} MANY"

msgid "{sentence} {next}"
msgstr "{sentence}{next}"

#, fuzzy
msgid "guessed"
msgstr "GUESSED"

msgid "left"
msgstr ""

msgid "two "
"lines\n"
msgstr ""
"2 "
"LINES"

msgid "No {what} named {name!r}. Known: {known}."
msgstr "NO {what} {name!r} / {known}"

msgid "metric"
msgstr "MM"

msgid "{low} to {high}"
msgstr "{low}…{high}"

msgid "undefined"
msgstr "UNDEF"

msgid "{rows:,} rows"
msgstr "{rows:,} RR"
"""


@pytest.fixture(autouse=True)
def xish(monkeypatch: pytest.MonkeyPatch) -> None:
    read = catalogues.read(PO)
    monkeypatch.setattr(messages, "catalogue", lambda language: read if language == "xx" else None)


def test_a_catalogue_is_read_as_it_stands() -> None:
    read = catalogues.read(PO)
    assert read.title == "Xish (part)"
    assert read.text("test") == "TT"
    assert read.text("two lines\n") == "2 LINES"
    assert [read.plural("{count} row", n) for n in (1, 2, 3, 0.5)] == [
        "{count} ONE", "{count} TWO", "{count} MANY", "{count} TWO",
    ]  # fmt: skip
    for missing in ("guessed", "left", "never", ""):
        assert read.text(missing) is None


@pytest.mark.parametrize("line", ["no quotes", 'msgid "open', '"before any"', "msgctxt"])
def test_what_is_no_catalogue_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 1 of a catalogue"):
        catalogues.read(line)


def test_text_is_written_as_it_is_read() -> None:
    text = 'a "b" \\ c\nd\te 试'
    assert catalogues.read(f"msgid {catalogues.quoted(text)}\nmsgstr {catalogues.quoted(text)}").text(text) == text


def test_a_message_reads_as_english_and_is_text() -> None:
    told = message("The {part} rows hold {count} rows.", part=message("test"), count=numbers.count(1234))
    assert told == "The test rows hold 1,234 rows."
    assert f"{told}!" == "The test rows hold 1,234 rows.!"
    assert json.loads(json.dumps({"reason": told})) == {"reason": told}
    assert hash(told) == hash("The test rows hold 1,234 rows.")
    assert str(UserError(told)) is told


@pytest.mark.parametrize("carried", [lambda m: pickle.loads(pickle.dumps(m)), copy.copy, copy.deepcopy,
                                     lambda m: from_json(m, json.loads(json.dumps(to_json(m)))["message"]),
                                     lambda m: str(pickle.loads(pickle.dumps(UserError(m))))])  # fmt: skip
def test_it_remembers_its_parts_wherever_it_is_carried(carried) -> None:  # type: ignore[no-untyped-def]
    told = joined(
        [
            message("The {part} rows hold {count} rows.", part=message("test"), count=3),
            numbers.counted(2, "{count} row", "{count} rows"),
        ]
    )
    back = carried(told)
    assert isinstance(back, Message)
    assert back == "The test rows hold 3 rows. 2 rows"
    assert translate(back, "xx") == 'XX 3 in "TT".2 TWO'


def test_what_is_not_translated_stays_english_and_whole() -> None:
    told = message("The {part} rows fell out.", part=message("test"))
    assert translate(told, "xx") == "The test rows fell out."
    assert translate(told, "nowhere") == "The test rows fell out."
    assert translate("", "xx") == ""


def test_numbers_and_errors_are_messages() -> None:
    assert translate(numbers.between(1.0, 2.0, lambda end, more: f"{end}"), "xx") == "1.0…2.0"
    assert translate(durations.span(1, 30), "xx") == "1…30 s"
    assert translate(numbers.undefined(), "xx") == "UNDEF"
    assert translate(str(UnknownNameError("metric", "zzz", ["auc"])), "xx") == "NO MM 'zzz' / auc"
    assert translate(listed(["a", "b", "c"]), "xx") == "a, b, c"


def test_plural_forms_are_the_languages_own() -> None:
    for number, english, xish in ((1, "1 row", "1 ONE"), (2, "2 rows", "2 TWO"), (1200, "1,200 rows", "1,200 MANY")):
        told = plural("{count} row", "{count} rows", number, count=numbers.count(number))
        assert (told, translate(told, "xx")) == (english, xish)


@pytest.mark.parametrize(
    "written",
    [
        None, 7, "text", [], {}, {"id": 3}, {"id": "test", "parameters": []}, {"id": "test", "plural": 3},
        {"id": "{x.__class__}", "parameters": {"x": "a"}}, {"id": "{x:999999999}", "parameters": {"x": "a"}},
        {"id": "The {part} rows hold {count} rows.", "parameters": {"part": 3}},
        {"id": "{rows:,} rows", "parameters": {"rows": None}}, {"id": "{rows:,} rows", "parameters": {"rows": "many"}},
        *({"id": "{count} row", "plural": "{count} rows", "count": n} for n in (10**400, 1e300, math.nan, math.inf)),
    ],
)  # fmt: skip
def test_what_others_wrote_beside_a_text_is_never_filled_into_their_template(written: object) -> None:
    assert translate(from_json("As it stands.", written), "xx") == "As it stands."


def test_endless_messages_of_others_come_to_an_end() -> None:
    written: dict[str, object] = {"id": "{sentence} {next}"}
    for _i in range(200):
        written = {"id": "{sentence} {next}", "parameters": {"sentence": written, "next": "b"}}
    assert len(translate(from_json("As it stands.", written), "xx")) < 100


def test_each_thread_has_its_own_language() -> None:
    told = message("The {part} rows hold {count} rows.", part="first", count=3)
    seen: dict[str, tuple[str, str, str]] = {}
    both = threading.Barrier(2)

    def draw(language: str) -> None:
        messages.use(language)
        both.wait()
        seen[language] = (escape_markdown(told), _("test"), _("{low} to {high}").format(low=message("test"), high=1))

    threads = [threading.Thread(target=draw, args=(language,)) for language in ("xx", "en")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen["xx"] == ('XX 3 in "first".', "TT", "TT…1")
    assert seen["en"] == ("The first rows hold 3 rows.", "test", "test to 1")
    assert _("test") == "test"


def test_a_thread_that_begins_without_a_language_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seen = [], []
    monkeypatch.setattr(messages, "_visitors", [lambda: asked.append(1) or "xx"])
    thread = threading.Thread(target=lambda: seen.extend([_("test"), _("test")]))
    thread.start()
    thread.join()
    assert (seen, len(asked)) == (["TT", "TT"], 1)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("zh-CN", "zh_CN"),
        ("zh", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("en-GB", "en"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_browsers_language_is_matched(asked: str | None, meant: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "languages", lambda: ("en", "zh_CN"))
    assert catalogues.matching(asked) == meant


ROOT = Path(__file__).parents[1]
ERRORS = {"UserError", "RunError", "DataError"}
TOLD = {"End": {"reason"}, "Status": {"reason"}, "Finding": {"saw", "why", "advice", "heading"}}


def finished_texts(tree: ast.AST) -> list[int]:
    """Lines where an error, a reason or a finding is given a text that was put together, and no message: it could
    never be said in another language."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        name = node.func.id
        given = [*node.args[:1]] if name in ERRORS else []
        given += [k.value for k in node.keywords if k.arg in TOLD.get(name, ())]
        for text in given:
            called = text.func if isinstance(text, ast.Call) else None
            filled = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Constant)
            bare = isinstance(text, ast.Constant) and text.value and name in TOLD
            if filled or bare or isinstance(text, ast.JoinedStr | ast.BinOp):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("folder", ["core", "pages"])
def test_no_error_reason_or_finding_is_a_finished_text(folder: str) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := finished_texts(ast.parse(path.read_text("utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("UserError(f'No {name}.')", True),
        ("RunError('No {}.'.format(name))", True),
        ("UserError('No ' + name)", True),
        ("UserError('No %s' % name)", True),
        ("UserError(' '.join(parts))", True),
        ("End(reason='It died.')", True),
        ("Status(reason=f'{error}')", True),
        ("Finding(saw=a + b)", True),
        ("UserError('No {name}.', name=name)", False),
        ("UserError(message('No {name}.', name=name))", False),
        ("End(reason=message('It died.'))", False),
        ("End(reason='')", False),
        ("UserError(str(error))", False),
    ],
)
def test_the_search_finds_a_finished_text(line: str, is_found: bool) -> None:
    assert bool(finished_texts(ast.parse(line))) is is_found


def test_a_catalogue_of_ours_has_nothing_twice_and_nothing_for_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    ours = Path(catalogues.__file__).parents[1] / "locale" / "zh_CN.po"
    ids = [line for line in ours.read_text("utf-8").splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
    assert main(["messages", "zh_CN", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["needless"] == []
