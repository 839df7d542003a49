"""The month as one HTML page that needs nothing else: read on a phone, in the dark, or on paper."""
