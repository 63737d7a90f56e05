"""Questions about trained networks: the worker that answers, its process, and who asks it."""
