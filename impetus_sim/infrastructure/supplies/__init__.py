"""Networks as they reach assets, one file each: what they heed of assets, and what they bring them."""
