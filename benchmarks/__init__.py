"""ridelab beside its peers: one process, interleaved, medians and ratios. A benchmark is no timed test."""
