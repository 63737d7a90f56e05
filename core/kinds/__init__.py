"""What each kind of task needs, in one place."""
