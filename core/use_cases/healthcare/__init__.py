"""Healthcare: the industry's story."""

from core.contracts import Industry

INDUSTRY = Industry(
    name="healthcare",
    title="Healthcare",
    summary="Who is ill, who will be, what comes next: predictions whose errors are paid for in health. Small data, "
    "many gaps, and every hospital is different.",
    earns=(
        "**The right test for the right patient.** Fewer needless invasive tests, fewer missed diseases.",
        "**Warning ahead.** Half an hour before a low blood sugar, or years before a recurrence, there is time to act.",
        "**Hours of doctors.** What is sorted beforehand leaves time for the hard cases.",
        "**Treatment that fits.** Who gains from a therapy, and who only bears its side effects.",
    ),
    hard=(
        "**A new hospital.** A model that shines where it was trained often fades where patients and devices differ.",
        "**Approval.** Software that guides a diagnosis is a medical device, under the EU's MDR and the FDA: years and "
        "studies, not a demo.",
        "**Privacy.** Health data are specially protected: consent, purpose and place of storage are all regulated.",
        "**Few rows.** Hundreds of patients, not millions: wide intervals, and simple methods are hard to beat.",
    ),
    order=30,
    icon="health_and_safety",
    colour="red",
)
