"""What must hold between the parts of a document: keys that meet, sums that agree, rules that can be followed."""
