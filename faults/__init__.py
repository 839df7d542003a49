"""The fault campaign: real worker processes, a real PostgreSQL, the practice Zoho, faults at every step, and a judge."""
