"""What is compared of each kind: both sides, how they are matched, and what sets them apart."""
