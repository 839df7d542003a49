"""Tests of the zoho_pipeline package, folder by folder as the package."""
