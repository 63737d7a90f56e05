"""Vision: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="vision",
    title="Vision",
    summary="Machines that make pictures: of nothing but noise, in the likeness of what they were shown.",
    earns=(
        "**Drafts.** A hundred rough ideas before the first coffee; a person chooses and draws the one that is made.",
        "**Examples that are missing.** Rare defects and diseases, imagined, so that another network can learn them.",
        "**Repair.** Scratches, holes and noise filled in with what is likely to have been there.",
        "**Privacy.** Made-up faces and films that can be shared where real ones cannot.",
    ),
    hard=(
        "**Nobody knows what good is.** There is no right answer to compare with; crowds of pictures are compared, in "
        "the eyes of another network.",
        "**Sameness.** A network that fools its judge with one picture has no reason to make a second.",
        "**Whose pictures?** What it learned from belongs to somebody, and it may give a training picture back.",
        "**Fakes.** What looks real is taken for real.",
    ),
    order=60,
    icon="auto_awesome",
    colour="plum",
)
