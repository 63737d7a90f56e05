"""What people take home of a run: its network as plain code and ONNX, the data room, a page and slides."""
