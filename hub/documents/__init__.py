"""Letters between authorities as Word and PDF, in the look of GB/T 9704."""
