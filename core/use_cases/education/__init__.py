"""Education: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="education",
    title="Education",
    summary="Who will need help, and with what: predictions about people at the start of their lives, where a number "
    "that "
    "brings help is welcome and one that shuts a door is not.",
    earns=(
        "**Students who stay.** Each one who leaves takes years of fees and funding along, and a plan for a life.",
        "**Hours of tutors.** The help there is goes to those whom it can still hold.",
        "**Warning in time.** The first semester says more than any application; the third is too late.",
        "**Practice that fits.** The next exercise neither bores nor drowns.",
    ),
    hard=(
        "**High risk by law.** Software that decides on access or steers learning is high risk under the EU AI Act "
        "(Annex III, 3).",
        "**A label that sticks.** Who is told that they will fail may do so: a prediction here must bring help, and "
        "nothing "
        "else.",
        "**Old unfairness.** Who left in the past tells of schools and money as much as of students.",
        "**Does help help?** That tutoring keeps a student is a guess until somebody draws lots for it.",
    ),
    order=35,
    icon="school",
    colour="violet",
)
