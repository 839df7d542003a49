"""The month as an Excel workbook: what finance files, with formulas that can be followed from the total to the item."""
