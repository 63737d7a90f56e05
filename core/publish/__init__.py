"""What ships: recorded runs, and the table of results."""
