"""From predictions to money: value models, and the summary that a report keeps."""
