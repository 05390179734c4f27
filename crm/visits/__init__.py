"""The heart: visits, who took part, and what was said per topic."""
