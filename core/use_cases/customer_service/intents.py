"""What a customer wants: which of many intents does a typed question have? One row per question; the network reads the
words and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import Column, Examples, Plan, Question, UseCase
from core.contracts.care import Care
from core.contracts.picture import Typed
from core.use_cases.customer_service._banking_intents import LABELS as INTENTS
from core.use_cases.customer_service._intents_value import VALUE
from core.use_cases.customer_service._texts import ARRAYS, rows_of, source_s_test
from core.use_cases.helpers import crawl, multiclass_task, recommended, with_defaults

if TYPE_CHECKING:
    import pandas as pd


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every question; those of the same words are one unit."""
    table = tables["banking77"]["questions"]
    return rows_of(table["text"], table["intent"], INTENTS, table["split"])


def plan(examples: Examples) -> Plan:
    """The source's own test; a tenth of its training questions of every intent validates."""
    return source_s_test(
        examples,
        "The source's own test: 3,080 questions, forty of each intent. Of its training questions a tenth of each "
        "intent validates. What a test or validation question says word for word is left out of training. Simple "
        "methods are tuned on validation, and so were the network's settings.",
    )


USE_CASE = UseCase(
    name="customer_service/intents",
    title="What customers want",
    summary="A customer types a question: which of 77 things is it about? The machine answers what it is sure of, and "
    "says when it does not know.",
    question=Question(
        who="An online bank whose customers type their questions.",
        problem="Each question must be understood before anybody can answer it. “It says pending since Monday”: a "
        "transfer, a card payment or a top-up?",
        cost_today="A person reads each question, looks up what it is about and answers: some four minutes, hundreds "
        "of thousands of times a year.",
        what_ai_does="It reads the question and says how likely each intent is. What it is sure of it answers at once; "
        "where it does not know, it says so, and a person takes over.",
        picture=Typed(
            texts=(
                ("i transfered however its still pending", "pending transfer"),
                ("The receipient doesn't see my money transfer.", "transfer not received by recipient"),
                ('What do I do if an ATM "stole" my card?', "card swallowed"),
                ("My cash in the ATM is still pending", "pending cash withdrawal"),
            ),
            tells="Four questions. Which of 77 things is each of them about?",
        ),
        detail="77 intents of one bank, some of them told apart by a word. A constant guess is right in 1.3% of the "
        "test.",
    ),
    datasets=("banking77",),
    columns=(),
    arrays=ARRAYS,
    task=multiclass_task("intent", column="intent", classes=tuple(INTENTS.values())),
    model="sequence_network",
    baselines=("text_logistic", "text_centroid"),
    examples=examples,
    plan=plan,
    value=VALUE,
    care=Care(
        privacy="What customers type may hold names, numbers and reasons for being in debt: personal data (GDPR, "
        "Article 5). The network reads every digit as a 0; nothing that is typed here is kept.",
        bias="Whoever writes with errors, in a dialect or in a second language is understood less often, and waits "
        "longer.",
        ai_act="limited risk",
        because="It talks with customers, who must know that it is a machine (Article 50).",
        rules=("Banking rules on complaints: what is one goes to a person, whatever the machine thinks that it is.",),
    ),
    settings=with_defaults(
        learning_rate=5e-3,
        num_epochs=14,
        batch_size=64,
        members=3,
        weight_decay=1e-2,
        token_width=32,
        width=128,
        span="3",
        summary="both",
        bag="on",
        dropout=0.5,
        words_hidden=0.15,
    ),
    front=("learning_rate", "words_hidden", "num_epochs"),
    presets=(
        recommended(
            "Three networks that read words by their pieces, with three words in a row and the bag of all; in every "
            "step a seventh of the words is hidden. Chosen on validation."
        ),
        crawl(),
    ),
    beside=(Column(name="question", label="Question"), Column(name="part", label="")),
    record_label="question",
    order=10,
    icon="forum",
)
