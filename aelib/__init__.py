"""Helper package of the course: what one chapter teaches, the next ones import."""
