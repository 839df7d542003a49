"""Claim, send, record: the engine that brings rows into Zoho, each once."""
