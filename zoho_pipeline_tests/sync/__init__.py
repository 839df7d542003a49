"""Tests of the engine: what reaches Zoho, what stands in CircleTel afterwards, and what happens when it goes wrong."""
