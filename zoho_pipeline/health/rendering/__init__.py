"""The report as text for machines and for mail; what a person sees in the terminal is in `commands/`. Pure."""
