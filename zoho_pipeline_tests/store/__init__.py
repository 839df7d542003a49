"""Tests of the pipeline's own schema."""
