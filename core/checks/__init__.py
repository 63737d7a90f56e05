"""What is refused before anything is fitted: examples, columns, plans, settings that contradict one another."""
