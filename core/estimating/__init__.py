"""How long a run takes and what it uses: counted, measured, corrected by earlier runs."""
