"""Full-text search over what one may see."""
