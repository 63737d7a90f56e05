"""What networks read, by name, of tensors that a test made."""


def table(numeric, category):
    """A table alone."""
    return {"numeric": numeric, "category": category}


def beside(name, array, numeric=None, category=None):
    """An array, beside a table without columns unless some are given."""
    leading = array.shape[:2]
    empty = array.new_zeros(*leading, 0)
    return table(empty.float() if numeric is None else numeric, empty.long() if category is None else category) | {
        name: array
    }
