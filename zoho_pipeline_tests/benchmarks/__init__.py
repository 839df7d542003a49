"""What the benchmarks rest on."""
