"""People who sign in, their teams and bodies, and their sessions; not the persons at companies."""
