"""The catalogue of conversation topics; not what was said about them (that is `visits`)."""
