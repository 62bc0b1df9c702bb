"""Small programs that are measured in a terminal: the peers, and ours made as small."""
