"""A hundred thousand documents, alike on both sides; ten thousand discrepancies planted among them; and a judge.

Nothing here shares code with the comparison that it measures: what is planted is told beforehand, item by item, with
everything else that it sets apart (a payment that is missing leaves its invoice's balance different), and what the
comparison found is held against it.
"""
