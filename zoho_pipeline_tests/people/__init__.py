"""Tests of people: their names, passwords, roles and how they sign in."""
