"""Row → what Zoho should hold. Pure: no clock, no database, no HTTP; one module for each kind."""
