"""What the processes of a store share: the queue, its repair, flags, signs of life, memory."""
