"""The fault campaign: real worker processes, real PostgreSQL, the practice Zoho, faults at every step, and a judge."""
